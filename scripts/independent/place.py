"""Names that the worlds of the independent check share, and what can be changed behind them."""

import contextlib
import json
import os
import pathlib

REGION, ACCOUNT = "ap-northeast-1", "123456789012"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
BUCKET = f"prod-{REGION}-starport-layer-bucket"
# Where reports may go.
REPORTS, STREAM, KEY = "app-reports", "report", "vpcprobe/report.json"
IMAGES = pathlib.Path("target/check-independent/images")
ROOTS = "/run/vpcprobe-lab/roots.pem"
DATABASE = "the-password-of-the-database"
SECRETS = {
    "app/database": json.dumps({"username": "app", "password": DATABASE}),
    "app/token": "the-token-of-the-app",
}
PARAMETERS = {"/app/plain": ("String", "the-plain-parameter"), "/app/secure": ("SecureString", "the-secure-parameter")}
# The keys of each role, as variables of the environment.
ROLES = pathlib.Path("/run/vpcprobe-lab/roles.json")
# What each role is forbidden; all else is allowed to it.
FORBIDDEN = {
    "execution": None,
    "without-token": "ecr:GetAuthorizationToken",
    "without-logs": "logs:CreateLogStream",
    "without-secrets": "secretsmanager:GetSecretValue",
    "without-parameters": "ssm:GetParameters",
    "without-looking": "ecr:DescribeRepositories",
    "without-creating": "ecr:CreateRepository",
}
HTPASSWD = pathlib.Path("/run/vpcprobe-lab/htpasswd")
# What moto's GetAuthorizationToken hands out, always.
PASSWORD = f"{ACCOUNT}-auth-token"


def write_password(password):
    """The registry reads the file again when it has changed."""
    import bcrypt

    fresh = HTPASSWD.with_suffix(".new")
    fresh.write_text("AWS:" + bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode() + "\n")
    os.replace(fresh, HTPASSWD)


@contextlib.contextmanager
def another_password():
    write_password("another one")
    try:
        yield
    finally:
        write_password(PASSWORD)


@contextlib.contextmanager
def changed_layer(change):
    """The biggest layer of `app:single` as `change` has it: other bytes, or nothing for a layer that is gone."""
    digest = max(manifest("single")["layers"], key=lambda layer: layer["size"])["digest"].removeprefix("sha256:")
    whole = (IMAGES / "blobs" / "sha256" / digest).read_bytes()
    where = {"Bucket": BUCKET, "Key": f"docker/registry/v2/blobs/sha256/{digest[:2]}/{digest}/data"}
    bucket, changed = client("s3"), change(whole)
    if changed is None:
        bucket.delete_object(**where)
    else:
        bucket.put_object(**where, Body=changed)
    try:
        yield
    finally:
        bucket.put_object(**where, Body=whole)


def streams(group):
    """The events of each stream of a log group."""
    logs = client("logs")
    names = [stream["logStreamName"] for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]]
    events = {name: logs.get_log_events(logGroupName=group, logStreamName=name)["events"] for name in names}
    return {name: [event["message"] for event in messages] for name, messages in events.items()}


def stored_report():
    return client("s3").get_object(Bucket=REPORTS, Key=KEY)["Body"].read().decode()


def secret_arn(name):
    return client("secretsmanager").describe_secret(SecretId=name)["ARN"]


def client(service):
    import boto3

    return boto3.client(service, region_name=REGION, verify=ROOTS)


def digest(tag):
    """Of a tag's manifest or index, in the layout that was pushed."""
    entries = json.loads((IMAGES / "index.json").read_text())["manifests"]
    return next(entry["digest"] for entry in entries if entry["annotations"]["org.opencontainers.image.ref.name"] == tag)


def manifest(tag):
    return json.loads((IMAGES / "blobs" / "sha256" / digest(tag).removeprefix("sha256:")).read_text())
