"""Break each thing on purpose: a check that notices none of it is worth nothing."""

import pathlib
import shutil
import tempfile

# File, what stands in it, what is put there, and what must be said.
BREAKS = [
    ("taskdef/fargate.json", '"X86_64"', '"X86-64"', "none of X86_64, ARM64"),
    ("taskdef/fargate.json", '"awsvpc"', '"vpc"', "'vpc' is none of"),
    ("taskdef/fargate.json", '"essential": true', '"essential": "yes"', "valid types"),
    ("taskdef/fargate.json", '"readonlyRootFilesystem": true', '"readOnlyRootFilesystem": true', "Unknown parameter"),
    ("taskdef/fargate.json", '"essential": true,', '"essential": true, "secrets": [],', "has no secrets"),
    ("taskdef/fargate.json", '"VPCPROBE_SINK"', '"PATH"', "no variable of the probe"),
    ("taskdef/fargate.json", "ACCOUNT.dkr", "ACCOUNT_ID.dkr", "ACCOUNT_ID is no placeholder"),
    ("taskdef/fargate.json", '"essential": true,', '"essential": true', "no JSON"),
    ("taskdef/fargate.json", '"cpu": "256"', '"cpu": "512"', "Fargate is not as fargate.json: cpu differ"),
    ("taskdef/fargate-awslogs.json", '"blocking"', '"non-blocking"', "lines are lost"),
    ("taskdef/function.json", '"provided.al2023"', '"provided.al2024"', "'provided.al2024' is none of"),
    ("taskdef/function.json", '"Timeout": 90', '"Timeout": 5401', "5401 is over 5400"),
    ("taskdef/function.json", '"Timeout": 90', '"Timeout": 60', "over the probe's deadline"),
    ("taskdef/function.json", "role/vpcprobe-rescue", "user/vpcprobe-rescue", "is not as"),
    ("taskdef/iam/pull-replay.json", "ecr:BatchGetImage", "ecr:BatchGetImages", "ecr:BatchGetImages is no action"),
    ("taskdef/iam/pull-replay.json", "ecr:BatchGetImage", "ecr:*", "ecr:* is no action"),
    ("taskdef/iam/pull-replay.json", "s3:GetObject", "s3:PutObject", "and it is not called"),
    ("taskdef/iam/pull-replay.json", "ssm:GetParameters", "ssm:GetParameter", "no tier allows it"),
    ("taskdef/iam/pull-replay.json", '"arn:aws:s3:::APP_FILE"', '"*"', "s3:GetObject on everything"),
    ("taskdef/iam/pull-replay.json", '"Sid": "ReplayKey"', '"Sid": "ReplayLogs"', "a Sid of its own"),
    ("taskdef/iam/logs-sink.json", "/vpcprobe:*", "*", "is not as iam/logs-sink.json"),
    ("taskdef/iam/operator.json", '"iam:PassedToService"', '"iam:PassedTo"', "passed to a named service"),
    ("taskdef/iam/operator.json", "ecs:RunTask", "ecs:StartTask", "no operator's policy allows it"),
    ("taskdef/iam/operator-network.json", "ec2:DescribeNetworkAcls", "ec2:DescribeAddresses", "network calls"),
    ("taskdef/iam/operator-network.json", "ec2:DescribeNatGateways", "ec2:DeleteNatGateway", "on everything"),
    ("taskdef/iam/operator-network.json", "ListResolverRules", "ListFirewallConfigs", "and it is not called"),
    ("scripts/lib/network/sections.sh", "ec2 describe-prefix-lists", "ec2 describe-flow-logs", "ec2:DescribeFlowLogs"),
    ("taskdef/iam/operator.json", '"Effect": "Allow"', '"Effect": "Permit"', "'Permit' is not one of"),
    ("taskdef/iam/trust-lambda.json", '"lambda.amazonaws.com"', '"*"', "lets one service assume"),
    ("taskdef/stack.yaml", "Type: AWS::Logs::LogGroup", "Type: AWS::Logs::Group", "E3006"),
    ("taskdef/stack.yaml", "Timeout: 90", "Timeout: 80", "Function is not as function.json"),
    ("taskdef/stack.yaml", "--function-name", "--function-called", "--function-name"),
    ("docs/running/rescue.md", "aws ecs run-task ", "aws ecs start-it ", "argument operation"),
    ("docs/running/rescue.md", "--function-name", "--function-called", "--function-name"),
    ("docs/running/rescue.md", "--launch-type FARGATE", "--launch-type FARGAT", "'FARGAT' is none of"),
    ("docs/running/rescue.md", '"$CLUSTER"', '"$CLUSTERS"', "CLUSTERS: unbound variable"),
]
NEEDED = ["taskdef", "docs/running", "src/probe/replay", "scripts"]


def check(root, everything):
    """What is broken here and not noticed."""
    found = []
    for file, before, after, words in BREAKS:
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            for part in NEEDED:
                shutil.copytree(root / part, copy / part)
            text = (copy / file).read_text()
            if before not in text:
                found.append(f"{file} has no {before} to be broken")
                continue
            (copy / file).write_text(text.replace(before, after))
            said = noticed(words, [look for look in everything if concerns(look, file)], copy)
        if said is not None:
            found.append(f"{file} with {after} in place of {before}: no word of {words!r} in {said}")
    return found


def noticed(words, looks, copy):
    """Nothing where one of them says these words; else what they do say."""
    said = []
    for look in looks:
        said += look(copy)
        if any(words in line for line in said):
            return None
    return said


def concerns(look, file):
    """What is wrong in a document is only to be seen in its commands."""
    return look.__module__ == "commands" or not file.startswith("docs/")
