"""The policies: real actions, no more of them than needed, and on no more than needed."""

import functools
import json
import pathlib
import re

import cfnlint
import models
import places
from botocore import xform_name

# IAM's prefix of a service, and the models that hold its operations.
SERVICES = {
    name: (name,)
    for name in (
        "ec2",
        "ecr",
        "ecs",
        "iam",
        "kms",
        "lambda",
        "logs",
        "route53",
        "route53resolver",
        "s3",
        "secretsmanager",
        "ssm",
        "sts",
    )
}
# Actions that are not called as the operation that needs them, or that no operation is called as.
NOT_OPERATIONS = {
    "iam:PassRole": "asked of whoever names a role in another call",
    "lambda:InvokeFunction": "of the operation Invoke",
    "ssmmessages:CreateControlChannel": "the agent's channel, which has no model",
    "ssmmessages:CreateDataChannel": "the agent's channel, which has no model",
    "ssmmessages:OpenControlChannel": "the agent's channel, which has no model",
    "ssmmessages:OpenDataChannel": "the agent's channel, which has no model",
}
# Actions that could be allowed on less than everything, and are not.
ON_EVERYTHING = {
    "ec2:AssignPrivateIpAddresses": "on interfaces whose ids are not known before",
    "ec2:CreateNetworkInterface": "as Lambda's documentation has it; on less it is unverified that a function is made",
    "ec2:DeleteNetworkInterface": "on interfaces whose ids are not known before",
    "ec2:UnassignPrivateIpAddresses": "on interfaces whose ids are not known before",
    "ecs:ListTasks": "limited to one cluster by its condition; its resource is a container instance",
}
LONGEST = 6144
# What the operator's calls ask for besides themselves, or what a reader does by hand.
IMPLIED = {
    "iam:PassRole": "of RunTask and CreateFunction",
    "ec2:DescribeSecurityGroups": "of CreateFunction",
    "ec2:DescribeVpcs": "of CreateFunction",
    "ec2:GetSecurityGroupsForVpc": "of CreateFunction",
    "lambda:GetFunction": "of the AWS CLI's own way to wait for a function, in the documents",
}
# Each script with the policies that are for it, and what of them it doesn't call itself.
OPERATOR = {"probe": (["operator", "operator-rescue"], IMPLIED), "network": (["operator-network"], {})}
SOURCED = re.compile(r'^\. "\$root/(scripts/[\w/-]+\.sh)"', re.MULTILINE)
CALL = re.compile(
    r"(?:\b(?:ask|change|look_at \S+)|^\s*(?:exec |\w+=\S+ )*aws|command=\()\s*([a-z0-9]+) ([a-z][a-z0-9-]+)",
    re.MULTILINE,
)
TARGETS = {
    "AmazonEC2ContainerRegistry_V20150921": "ecr",
    "secretsmanager": "secretsmanager",
    "AmazonSSM": "ssm",
    "Logs_20140328": "logs",
}


def check(root):
    found, allowed = [], {}
    for path in sorted((root / "taskdef" / "iam").glob("*.json")):
        text = path.read_text()
        try:
            document = json.loads(places.filled(text))
        except ValueError as error:
            found.append(f"iam/{path.name}: no JSON: {error}")
            continue
        found += [f"iam/{path.name}: {name} is no placeholder" for name in places.unknown(text)]
        found += [f"iam/{path.name}: {wrong}" for wrong in policy(document)]
        allowed[path.stem] = {action for statement in document["Statement"] for action in listed(statement["Action"])}
    return found + replay(root, allowed) + operator(root, allowed)


def policy(document):
    size = len(re.sub(r"\s", "", json.dumps(document)))
    if size > LONGEST:
        yield f"{size} characters, and a managed policy ends at {LONGEST}"
    ids = [statement.get("Sid", "") for statement in document["Statement"]]
    if not all(ids) or len(set(ids)) != len(ids):
        yield "every statement has a Sid of its own"
    for statement in document["Statement"]:
        for wrong in of_statement(statement):
            yield f"{statement.get('Sid')}: {wrong}"


def of_statement(statement):
    actions = listed(statement["Action"])
    for action in actions:
        yield from of_action(action)
    if "Principal" in statement:
        if actions != ["sts:AssumeRole"] or not str(statement["Principal"].get("Service", "")).endswith(
            ".amazonaws.com"
        ):
            yield "a trust policy lets one service assume the role"
        return
    if "NotAction" in statement or "NotResource" in statement:
        yield "it says what it does not mean"
    if statement["Effect"] == "Allow" and "*" in listed(statement["Resource"]):
        yield from (f"{action} on everything, which it does not need" for action in actions if could_be_less(action))
    passed = statement.get("Condition", {}).get("StringEquals", {}).get("iam:PassedToService")
    if "iam:PassRole" in actions and (actions != ["iam:PassRole"] or not passed):
        yield "a role is passed to a named service"


def of_action(action):
    prefix, _, name = action.partition(":")
    real = models.actions(prefix, *SERVICES.get(prefix, ())) | set(NOT_OPERATIONS)
    if action not in real:
        yield f"{action} is no action: no operation of {prefix} is called that"
    elif described(prefix, name) is None:
        yield f"{action} is no action in AWS's own list"


def could_be_less(action):
    prefix, _, name = action.partition(":")
    return bool((described(prefix, name) or {}).get("Resources")) and action not in ON_EVERYTHING


def described(prefix, name):
    """AWS's own list of actions, as cfn-lint carries it."""
    return book().get(prefix, {}).get("Actions", {}).get(name.lower())


@functools.cache
def book():
    path = pathlib.Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    return json.loads(path.read_text())


def replay(root, allowed):
    """Every call that the replay signs is in a tier, and no tier has one that it doesn't make."""
    source = (root / "src" / "probe" / "replay" / "apis.rs").read_text()
    called = {
        f"{TARGETS[target]}:{name}" for target, name in re.findall(r'"(\w+)\.([A-Z]\w+)"', source) if target in TARGETS
    }
    # The manifest and the layers, which are no calls of an API; a file of S3; the key of what is encrypted.
    called |= {"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "s3:GetObject", "kms:Decrypt"}
    tiers = allowed.get("pull-replay", set()) | allowed.get("read-only", set())
    missing = [f"the replay calls {action}, and no tier allows it" for action in sorted(called - tiers)]
    return missing + [
        f"a tier of the replay allows {action}, and it is not called" for action in sorted(tiers - called)
    ]


def operator(root, allowed):
    """Every call that a script makes is in its policies, and they have no other."""
    found = []
    for script, (tiers, implied) in OPERATOR.items():
        path = root / "scripts" / script
        if not path.exists():
            found.append(f"there is no scripts/{script} to hold the operator's policies against")
            continue
        allows = set().union(*(allowed.get(tier, set()) for tier in tiers))
        called = calls(root, path)
        found += [
            f"scripts/{script} calls {action}, and no operator's policy allows it" for action in sorted(called - allows)
        ]
        needless = sorted(allows - called - set(implied))
        found += [f"an operator's policy allows {action}, and it is not called" for action in needless]
    return found


def calls(root, path):
    """The actions of a script with all that it sources."""
    text = path.read_text()
    texts = [text, *((root / file).read_text() for file in SOURCED.findall(text))]
    commands = {command for each in texts for command in CALL.findall(each)}
    called = {action for service, name in commands if service in SERVICES for action in action_of(service, name)}
    # Who asks for their own identity needs no permission.
    return called - {"sts:GetCallerIdentity"}


def action_of(service, name):
    """The action of a command of the AWS CLI. Waiting calls what is called elsewhere too."""
    called = next(
        (operation for operation in models.service(service).operation_names if xform_name(operation, "-") == name), None
    )
    return [] if called is None else ["lambda:InvokeFunction" if called == "Invoke" else f"{service}:{called}"]


def listed(value):
    return value if isinstance(value, list) else [value]
