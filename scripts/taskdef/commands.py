"""The AWS CLI commands of the documents, read by the real AWS CLI and held against the models of what they call.

Every shell block of a document is run, in order, by a shell that finds hardly any command: `aws` writes down how it
was called and answers something plausible, the rest does nothing. Then the AWS CLI makes each call up to where its
parameters stand, and sends nothing.
"""

import contextlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import awscli.clidriver
import models
import places
from cfnlint.decode import cfn_yaml

DOCUMENTS = ["README.md", "taskdef/README.md", "docs/running/*.md"]
# What a reader sets before anything else; every other variable is set by the document itself.
GIVEN = {
    "ACCOUNT": places.PLACES["ACCOUNT"],
    "REGION": places.PLACES["REGION"],
    "CLUSTER": places.PLACES["CLUSTER"],
    "SERVICE": "app",
    "FAMILY": "app",
    "SUBNET": places.PLACES["SUBNET"],
    "GROUP": places.PLACES["SECURITY_GROUP"],
    "BUCKET": places.PLACES["REPORT_BUCKET"],
    "VERSION": "0.1.0",
    "TASK": "0123456789abcdef0123456789abcdef",
    "CONTAINER": "app",
    "ROLE": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    "IMAGE": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/app:1",
}
# No key of anybody's, and an address at which nobody answers.
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": GIVEN["REGION"],
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_MAX_ATTEMPTS": "1",
}
BLOCK = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Real ones: they make the files that a later command reads.
TOOLS = ["sed", "cat", "gzip", "base64", "mkdir", "cp", "tr"]
AWS = r"""#!/bin/bash
shopt -s nullglob
count=("$RECORDED"/*)
printf -v number '%05d' "${#count[@]}"
printf '%s\0' "$@" >"$RECORDED/$number"
case "$1 $2" in
    iam\ *) echo arn:aws:iam::123456789012:role/vpcprobe-rescue ;;
    "ec2 run-instances") echo i-0123456789abcdef0 ;;
    "ec2 create-image" | "ssm get-parameter") echo ami-0123456789abcdef0 ;;
    "ssm send-command") echo 12345678-1234-1234-1234-123456789012 ;;
    "ecs run-task") echo arn:aws:ecs:ap-northeast-1:123456789012:task/main/0123456789abcdef0123456789abcdef ;;
    "logs describe-log-streams") echo vpcprobe/0123456789abcdef ;;
    *) echo answer ;;
esac
"""
PREAMBLE = "command_not_found_handle() { return 0; }\n"


EMPTY_ZIP = b"PK\5\6" + bytes(18)


class Captured(BaseException):
    """Goes past everything that the AWS CLI catches."""


def check(root):
    found = []
    for name, script in scripts(root):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            found += [f"{name}: {wrong}" for wrong in run(script, root, place)]
            found += [f"{name}: {wrong}" for wrong in judged(place)]
            # Each command of the text was come by, once at least.
            written = len(re.findall(r"(?:^|\()aws ", script, re.MULTILINE))
            if len(recorded(place)) < written:
                found.append(f"{name}: {written} commands are written, and {len(recorded(place))} ran")
    return found


def scripts(root):
    """The shell blocks of every document, and the commands that the stack puts out."""
    for pattern in DOCUMENTS:
        for document in sorted(root.glob(pattern)):
            yield str(document.relative_to(root)), "\n".join(BLOCK.findall(document.read_text()))
    outputs = cfn_yaml.load(str(root / "taskdef" / "stack.yaml"))["Outputs"].values()
    lines = [output["Value"]["Fn::Sub"] for output in outputs if "Fn::Sub" in output["Value"]]
    yield (
        "taskdef/stack.yaml",
        "\n".join(re.sub(r"\$\{\w+\}", "vpcprobe", line.replace("${AWS::Region}", "$REGION")) for line in lines),
    )


def run(script, root, place):
    """Run what a document says; what is left is a file for each call of `aws`."""
    (place / "bin").mkdir()
    (place / "recorded").mkdir()
    (place / "work").mkdir()
    for tool in TOOLS:
        (place / "bin" / tool).symlink_to(shutil.which(tool))
    # The plug-in that the AWS CLI looks for before it opens a session.
    for name, text in (("aws", AWS), ("session-manager-plugin", "#!/bin/sh\n")):
        (place / "bin" / name).write_text(text)
        (place / "bin" / name).chmod(0o755)
    shutil.copytree(root / "taskdef", place / "work" / "taskdef")
    # The binary, as it comes out of a release.
    (place / "work" / "vpcprobe").touch()
    environment = {
        "PATH": str(place / "bin"),
        "RECORDED": str(place / "recorded"),
        "HOME": str(place / "work"),
        **GIVEN,
    }
    command = ["/bin/bash", "-u", "-c", PREAMBLE + script]
    done = subprocess.run(
        command,
        cwd=place / "work",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    return [
        line.partition(": ")[2]
        for line in done.stderr.splitlines()
        if "unbound variable" in line or "syntax error" in line
    ]


def recorded(place):
    return sorted((place / "recorded").iterdir())


def judged(place):
    for file in recorded(place):
        words = file.read_bytes().decode().split("\0")[:-1]
        for wrong in judge(words, place):
            yield f"aws {' '.join(words)[:120]}: {wrong}"


def judge(words, place):
    """Let the AWS CLI read the command, and hold against the model what it would send."""
    seen = []

    def capture(params, model, **_):
        seen.append((model.service_model.service_name, model.name, dict(params)))
        raise Captured

    # The zip of a release.
    for word in words:
        if word.startswith("fileb://") and not (place / "work" / word[8:]).exists():
            (place / "work" / word[8:]).parent.mkdir(parents=True, exist_ok=True)
            (place / "work" / word[8:]).write_bytes(EMPTY_ZIP)
    said, code = io.StringIO(), None
    with surroundings(place), contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        driver = awscli.clidriver.create_clidriver()
        driver.session.register("before-parameter-build", capture)
        with contextlib.suppress(Captured, SystemExit):
            code = driver.main(words)
    if not seen and code == 0:
        # It is done without a call, as a presigned address is.
        return []
    if not seen:
        words = " ".join(said.getvalue().split())
        return [words[max(words.find("error:"), 0) :][:300] or "it calls nothing"]
    return models.complaints(*seen[0])


@contextlib.contextmanager
def surroundings(place):
    """The folder and the environment of the document, for as long as a command takes."""
    before, folder = dict(os.environ), os.getcwd()
    os.environ.update(ENVIRONMENT, HOME=str(place / "work"))
    os.environ["PATH"] = f"{place / 'bin'}:{before['PATH']}"
    os.chdir(place / "work")
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)
