"""The stack: clean for cfn-lint, and in it what stands in the files beside it."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import models
import places
from cfnlint.decode import cfn_yaml

# What the stack's names are in the files.
NAMES = {
    "AWS::Partition": "aws",
    "AWS::AccountId": "ACCOUNT",
    "AWS::Region": "REGION",
    "AWS::URLSuffix": "amazonaws.com",
    "AppRepository": "APP_REPOSITORY",
    "AppSecret": "APP_SECRET",
    "AppParameter": "APP_PARAMETER",
    "AppKey": "APP_KEY",
    "AppFile": "APP_FILE",
    "AppLogGroup": "APP_LOG_GROUP",
    "ReportBucket": "REPORT_BUCKET",
    "Architecture": "X86_64",
    "FunctionSubnets": ["SUBNET"],
    "FunctionSecurityGroups": ["SECURITY_GROUP"],
}
# The files' roles are the reader's own; the stack makes some.
ROLES = {
    "ExecutionRole.Arn": "arn:aws:iam::ACCOUNT:role/ecsTaskExecutionRole",
    "TaskRole.Arn": "arn:aws:iam::ACCOUNT:role/ecsTaskExecutionRole",
    "FunctionRole.Arn": "arn:aws:iam::ACCOUNT:role/vpcprobe-rescue",
}
# Which way an !If goes for the files: everything that they have, and nothing that is chosen in the stack alone.
NOT_SO = {"IsReadOnly", "Arm"}
POLICIES = {
    "PullReplayPolicy": "pull-replay",
    "ReadOnlyPolicy": "read-only",
    "LogsSinkPolicy": "logs-sink",
    "BucketSinkPolicy": "s3-sink",
}
TRUST = {"ExecutionRole": "trust-ecs-tasks", "TaskRole": "trust-ecs-tasks", "FunctionRole": "trust-lambda"}
DEFINITIONS = {"Fargate": "fargate", "FargateAwslogs": "fargate-awslogs", "Ec2": "ec2"}
NOTHING = object()


def check(root):
    template = root / "taskdef" / "stack.yaml"
    found = [f"stack.yaml: {line}" for line in lint(template)]
    if found:
        return found
    resources = plain(cfn_yaml.load(str(template)))["Resources"]
    return [
        *of_policies(root, resources),
        *of_roles(root, resources),
        *of_definitions(root, resources),
        *of_function(root, resources),
        *grammar(root),
    ]


def lint(template):
    command = [pathlib.Path(sys.executable).parent / "cfn-lint", "--format", "parseable", "--", str(template)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.splitlines() or ([] if done.returncode == 0 else ["cfn-lint ended without a word"])


def plain(value):
    """What the template comes to with the files' words in it."""
    if isinstance(value, dict):
        if set(value) == {"Fn::If"}:
            condition, yes, no = value["Fn::If"]
            return plain(no if condition in NOT_SO else yes)
        if set(value) == {"Ref"}:
            return NOTHING if value["Ref"] == "AWS::NoValue" else NAMES.get(value["Ref"], f"a {value['Ref']}")
        if set(value) == {"Fn::GetAtt"}:
            name = value["Fn::GetAtt"]
            return ROLES.get(name if isinstance(name, str) else ".".join(name), "an attribute")
        if set(value) == {"Fn::Sub"}:
            return re.sub(r"\$\{([\w:]+)\}", lambda name: str(NAMES.get(name[1], name[0])), value["Fn::Sub"])
        return {
            str(key): inner
            for key, inner in ((key, plain(inner)) for key, inner in value.items())
            if inner is not NOTHING
        }
    if isinstance(value, list):
        return [inner for inner in map(plain, value) if inner is not NOTHING]
    return str(value) if isinstance(value, str) else value


def of_policies(root, resources):
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            yield from differs(
                root, name, resource["Properties"]["PolicyDocument"], f"iam/{POLICIES.get(name, name)}.json"
            )


def of_roles(root, resources):
    for name, resource in resources.items():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        trust = resource["Properties"]["AssumeRolePolicyDocument"]
        yield from differs(root, name, trust, f"iam/{TRUST.get(name, name)}.json")
        for policy in resource["Properties"].get("Policies", []):
            yield from differs(root, name, policy["PolicyDocument"], f"iam/{policy['PolicyName']}.json")
        if "ManagedPolicyArns" in resource["Properties"]:
            yield f"stack.yaml: {name} has policies that stand in no file here"


def of_definitions(root, resources):
    for name, resource in resources.items():
        if resource["Type"] == "AWS::ECS::TaskDefinition":
            file = f"{DEFINITIONS.get(name, name)}.json"
            theirs = lowered(resource["Properties"])
            for container in theirs["containerDefinitions"]:
                # Empty where only a choice of the stack would fill it.
                if not container.get("environment", True):
                    del container["environment"]
            yield from differs(root, name, theirs, file)
            filled = json.loads(places.filled(json.dumps(theirs)))
            yield from (
                f"stack.yaml: {name}: {wrong}" for wrong in models.complaints("ecs", "RegisterTaskDefinition", filled)
            )


def of_function(root, resources):
    theirs = dict(resources["Function"]["Properties"])
    del theirs["Code"]
    yield from differs(root, "Function", theirs, "function.json")


def lowered(value):
    """Property names as the API has them; the keys of a log driver's options are small already."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: lowered(inner) for key, inner in value.items()}
    return [lowered(inner) for inner in value] if isinstance(value, list) else value


def differs(root, name, theirs, file):
    path = root / "taskdef" / file
    if not path.exists():
        return [f"stack.yaml: {name} has no file {file}"]
    ours = document(path)
    if ours in (None, theirs):
        return []
    parts = [key for key in sorted({*ours, *theirs}) if ours.get(key) != theirs.get(key)]
    return [f"stack.yaml: {name} is not as {file}: {', '.join(parts)} differ"]


def document(path, change=str):
    """What is no JSON has been said before."""
    try:
        return json.loads(change(path.read_text()))
    except ValueError:
        return None


def grammar(root):
    """What cfn-lint says of every policy, as part of a stack of its own."""
    resources = {}
    for path in sorted((root / "taskdef" / "iam").glob("*.json")):
        policy = document(path, places.filled)
        if policy is None:
            continue
        name = "".join(word.capitalize() for word in path.stem.split("-"))
        if path.stem.startswith("trust-"):
            resources[name] = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy}}
        else:
            resources[name] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(template)
        file.flush()
        # ARNs with a partition in them are what the files are for.
        return [f"iam: {line}" for line in lint(file.name) if not re.search(r"I3042|:W\d+:.*hardcoded", line)]
