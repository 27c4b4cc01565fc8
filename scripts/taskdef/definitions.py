"""The task definitions and the function: parameters that the services take, and what every one of them promises."""

import json

import models
import places

# What keeps a probe from starting where things are broken, or what it has no need of.
NEVER = ["secrets", "environmentFiles", "repositoryCredentials", "privileged", "mountPoints", "dependsOn"]


def check(root):
    found = []
    for path in sorted((root / "taskdef").glob("*.json")):
        try:
            parameters = json.loads(places.filled(path.read_text()))
        except ValueError as error:
            found.append(f"{path.name}: no JSON: {error}")
            continue
        if path.name == "function.json":
            wrong = function(parameters)
        else:
            wrong = definition(parameters)
        found += [f"{path.name}: {text}" for text in wrong]
        found += [f"{path.name}: {name} is no placeholder" for name in places.unknown(path.read_text())]
    return found


def definition(parameters):
    wrong = models.complaints("ecs", "RegisterTaskDefinition", parameters)
    containers = parameters.get("containerDefinitions", [])
    if [container.get("name") for container in containers] != ["vpcprobe"]:
        return [*wrong, "its one container is called vpcprobe"]
    (container,) = containers
    if container.get("user") != "65532:65532" or container.get("readonlyRootFilesystem") is not True:
        wrong.append("the container runs as 65532:65532 on a root file system that is read-only")
    if container.get("linuxParameters", {}).get("capabilities") != {"drop": ["ALL"]}:
        wrong.append("the container drops every capability")
    wrong += [f"a probe has no {name}" for name in NEVER if name in container]
    wrong += logging(parameters["family"], container)
    return wrong + names_of_variables(container)


def logging(family, container):
    """Only one definition has a log driver: with it a task does not start where CloudWatch Logs can't be reached."""
    if family.endswith("-awslogs"):
        options = container.get("logConfiguration", {}).get("options", {})
        return [] if options.get("mode") == "blocking" else ["lines are lost where the mode is not blocking"]
    return ["its log driver keeps it from starting where logs are broken"] if "logConfiguration" in container else []


def names_of_variables(container):
    names = [variable["name"] for variable in container.get("environment", [])]
    return [f"{name} is no variable of the probe" for name in names if not name.startswith("VPCPROBE_")]


def function(parameters):
    wrong = models.complaints("lambda", "CreateFunction", {"Code": {"ZipFile": b"zip"}, **parameters})
    # The deadline's default, and the time in which the function begins and answers.
    if parameters.get("Timeout", 0) < 60 + 15:
        wrong.append("its time-out is to lie over the probe's deadline of 60 s")
    return wrong
