"""The operator's account, in moto: a cluster with a failing service, its subnets, roles, image and logs."""

import contextlib
import hashlib
import json

import boto3
import botocore.exceptions

import lab
from network import ACCOUNT, GROUP, REGION, SUBNETS, Network
from wire import Refused

CLUSTER = "demo"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
ROLE = "ecsTaskExecutionRole"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:app/db-AbCdEf"
# Nobody has to read what the container's environment holds.
PASSWORD = "postgres://app:the-password-of-the-database@db.example/app"


class Account:
    def __init__(self, moto):
        self.moto, self.network = moto, Network(moto)

    def client(self, service):
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        return boto3.client(service, region_name=REGION, endpoint_url=self.moto, **keys)

    def fill(self, worlds, subnets=2, repository=True, large=0):
        self.network.fill(subnets, worlds)
        self.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
        self.client("logs").create_log_group(logGroupName="/ecs/app")
        if repository:
            ecr = self.client("ecr")
            ecr.create_repository(repositoryName="vpcprobe")
            ecr.put_image(repositoryName="vpcprobe", imageManifest=MANIFEST, imageTag="latest")
        for number in range(large):
            self.client("ssm").put_parameter(Name=f"/app/{noise(number)}", Value="any", Type="SecureString")
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName=CLUSTER)
        ecs.register_task_definition(**definition(large))
        network = {"subnets": SUBNETS[:subnets], "securityGroups": [GROUP], "assignPublicIp": "DISABLED"}
        ecs.create_service(
            cluster=CLUSTER,
            serviceName="web",
            taskDefinition="app",
            desiredCount=2,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
        )

    def task_definition(self, name):
        with as_refusal("ClientException", "TaskDefinition not found."):
            return self.client("ecs").describe_task_definition(taskDefinition=name)["taskDefinition"]

    def clusters(self):
        return [arn.rpartition("/")[2] for arn in self.client("ecs").list_clusters()["clusterArns"]]

    def subnets(self, names):
        with as_refusal("InvalidParameterException", f"Error retrieving subnet information for {names}"):
            found = self.client("ec2").describe_subnets(SubnetIds=names)["Subnets"]
        return sorted(found, key=lambda subnet: names.index(subnet["SubnetId"]))

    def groups(self, names):
        with as_refusal("InvalidParameterException", f"Error retrieving security group information for {names}"):
            return self.client("ec2").describe_security_groups(GroupIds=names)["SecurityGroups"]

    def assumable(self, arn, service, otherwise):
        """The role is there and trusts the service."""
        with as_refusal("ClientException", otherwise):
            role = self.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]
        if service not in json.dumps(role["AssumeRolePolicyDocument"]):
            raise Refused("ClientException", otherwise)
        return role

    def allows(self, role, action):
        """Whether an inline or a managed policy of a role names the action."""
        iam = self.client("iam")
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
        documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        managed = any("AWSLambdaVPCAccessExecutionRole" in policy["PolicyArn"] for policy in attached)
        return managed or action in json.dumps(documents)

    def log_groups(self):
        return [group["logGroupName"] for group in self.client("logs").describe_log_groups()["logGroups"]]

    def parameters(self):
        pages = self.client("ssm").get_paginator("describe_parameters").paginate()
        return [parameter["Name"] for page in pages for parameter in page["Parameters"]]

    def place(self, world, subnet, role):
        """Where a probe runs, as far as the account has a word in it."""
        return lab.Place(world, subnet, role, self.log_groups(), self.parameters())

    def put_events(self, streams):
        logs = self.client("logs")
        for (group, stream), events in streams.items():
            with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
                logs.create_log_group(logGroupName=group)
            with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
                logs.create_log_stream(logGroupName=group, logStreamName=stream)
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def logged(self):
        """Everything that is in the account's logs."""
        logs, texts = self.client("logs"), []
        for group in self.log_groups():
            for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
                events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
                texts += [event["message"] for event in events]
        return "\n".join(texts)


@contextlib.contextmanager
def as_refusal(code, message):
    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise Refused(code, f"{message}: {error.response['Error']['Message']}") from error


def trust(service):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def definition(large):
    """The failing service's; with `large` secrets, whose names do not compress."""
    container = {
        "name": "app",
        "image": f"{REGISTRY}/app:1.0",
        "essential": True,
        "environment": [{"name": "DATABASE_URL", "value": PASSWORD}],
        "secrets": [{"name": "API_KEY", "valueFrom": SECRET}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/ecs/app", "awslogs-region": REGION, "awslogs-stream-prefix": "app"},
        },
    }
    container["secrets"] += [{"name": f"S{n}", "valueFrom": f"/app/{noise(n)}"} for n in range(large)]
    return {
        "family": "app",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "containerDefinitions": [container],
    }


def noise(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": f"sha256:{'0' * 64}"},
        "layers": [],
    }
)
