"""What is held against a case: its own expectations, and what holds for all."""

import base64
import binascii
import gzip
import re
import zlib

from account import PASSWORD
from network import TAG
from tasks import Stopped

# gzip in base64.
PACKED = re.compile(r"H4sI[A-Za-z0-9+/=]+")


def of_step(world, step, code):
    if code != step.exit:
        yield f"{step.command}: exit {code}, expected {step.exit}"
    for pattern in step.says:
        if not re.search(pattern, world.said, re.MULTILINE):
            yield f"it does not say {pattern!r}"
    for pattern in step.never:
        if re.search(pattern, world.said, re.MULTILINE):
            yield f"it must not say {pattern!r}"
    made = [str(call) for call in world.calls()]
    for name in step.calls:
        if name not in made:
            yield f"it did not call {name}"
    for name in step.no_calls:
        if name in made:
            yield f"it called {name}"
    if step.reads_only:
        yield from (f"it called {call}" for call in world.calls() if not call.reads)
    if step.check:
        yield from step.check(world)


def of_world(world):
    """What holds after every case."""
    yield from (f"the stand-in failed: {failure}" for failure in world.server.failures)
    yield from world.tasks.failures
    yield from world.functions.failures
    for task in world.tasks.known.values():
        if not task.ended and not isinstance(world.case.places.get(task.subnet["SubnetId"]), Stopped):
            yield f"the task in {task.subnet['SubnetId']} is still there"
            if task.run:
                task.run.stop()
                task.run.wait()
    world.functions.stop()
    yield from (f"the function {name} is still there" for name in world.functions.left())
    for place, text in texts(world):
        if any(PASSWORD in form for form in [text, *unpacked(text)]):
            yield f"the password in the service's environment stands in {place}"
        if TAG in text:
            yield f"a tag of the account stands in {place}"


def texts(world):
    """Everything that was written or sent anywhere."""
    yield "the output", (world.folder / "said").read_text()
    for call in world.server.calls:
        yield f"a call of {call}", call.body.decode(errors="replace")
    yield "CloudWatch Logs", world.account.logged()
    for file in world.folder.rglob("*"):
        if file.is_file() and file.name not in ("said", "bootstrap"):
            yield str(file.relative_to(world.folder)), file.read_bytes().decode(errors="replace")


def unpacked(text):
    for packed in PACKED.findall(text):
        try:
            yield gzip.decompress(base64.b64decode(packed)).decode(errors="replace")
        except (binascii.Error, OSError, EOFError, zlib.error):
            continue
