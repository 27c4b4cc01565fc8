"""The start of a task by hand, with tools that nobody here wrote: the AWS CLI and skopeo."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import place

BIN = pathlib.Path("target/check-independent/venv/bin").resolve()
# How the names of our own log streams begin.
STREAMS = "by-hand/"
# Silence must not take minutes.
PATIENCE = "8s"


class Refused(Exception):
    """A tool failed; what it said."""


def start(case):
    """Every step by name: what it complained of or None, and what it brought."""
    steps = {"identity": identity, "token": token, "log": log}
    if case.secret:
        steps["secret"] = secret
    with concurrent.futures.ThreadPoolExecutor() as pool:
        outcomes = dict(zip(steps, pool.map(lambda step: attempt(step, case), steps.values())))
    authorization = outcomes["token"][1]
    if authorization:
        outcomes["manifest"] = attempt(manifest, case, authorization)
        outcomes["pull"] = attempt(pull, case, authorization)
    return outcomes


def attempt(step, *args):
    try:
        return None, step(*args)
    except Refused as refused:
        return str(refused), None


def identity(_):
    return aws("sts", "get-caller-identity")["Arn"]


def token(_):
    return aws("ecr", "get-authorization-token")["authorizationData"][0]["authorizationToken"]


def log(case):
    stream = f"{STREAMS}{os.urandom(8).hex()}"
    aws("logs", "create-log-stream", "--log-group-name", case.log_group, "--log-stream-name", stream)


def secret(case):
    """What ECS does with a `valueFrom`."""
    parts = case.secret.split(":")
    if parts[:3] != ["arn", "aws", "secretsmanager"]:
        name = case.secret.partition(":parameter")[2] or case.secret
        if not aws("ssm", "get-parameters", "--with-decryption", "--names", name)["Parameters"]:
            raise Refused(f"no parameter {name}")
        return
    value = aws("secretsmanager", "get-secret-value", "--secret-id", ":".join(parts[:7]))["SecretString"]
    key = parts[7] if len(parts) > 7 else ""
    if key and key not in json.loads(value):
        raise Refused(f"no key {key}")


def manifest(case, authorization):
    raw = skopeo(authorization, "inspect", "--raw", f"docker://{place.REGISTRY}/{case.image}")
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def pull(case, authorization):
    """Digest, layers and bytes of the image for one processor, copied to a folder; skopeo holds every digest."""
    with tempfile.TemporaryDirectory() as folder:
        skopeo(
            authorization,
            *["--override-os", "linux", "--override-arch", case.architecture, "copy"],
            # There are no signatures; to look for them takes more rights on this machine than the lab needs.
            *["--preserve-digests", "--remove-signatures"],
            *[f"docker://{place.REGISTRY}/{case.image}", f"dir:{folder}"],
        )
        raw = (pathlib.Path(folder) / "manifest.json").read_bytes()
        manifest = json.loads(raw)
        # What a pull fetches beside the manifest: the layers, and the configuration.
        sizes = [layer["size"] for layer in manifest["layers"]]
        bytes_in_all = sum(sizes) + manifest["config"]["size"]
        return {"digest": "sha256:" + hashlib.sha256(raw).hexdigest(), "layers": len(sizes), "bytes": bytes_in_all}


def aws(*arguments):
    limits = ["--cli-connect-timeout", "2", "--cli-read-timeout", "8", "--region", place.REGION, "--output", "json"]
    said = tool([BIN / "aws", *limits, *arguments], AWS_CA_BUNDLE=place.ROOTS, AWS_MAX_ATTEMPTS="1")
    return json.loads(said) if said.strip() else None


def skopeo(authorization, *arguments):
    """The token is handed over in a file, as `skopeo login` leaves it."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"auths": {place.REGISTRY: {"auth": authorization}}}, file)
        file.flush()
        command = [shutil.which("skopeo"), "--insecure-policy", "--command-timeout", PATIENCE]
        return tool([*command, *arguments], SSL_CERT_FILE=place.ROOTS, REGISTRY_AUTH_FILE=file.name)


def tool(command, **variables):
    environment = {**os.environ, "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", **variables}
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired as late:
        raise Refused(f"{command[0]} did not end: {late}") from late
    if done.returncode != 0:
        raise Refused(done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}")
    return done.stdout
