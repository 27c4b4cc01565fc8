"""A probe in the lab: the world of its subnet, its environment, and what it left in CloudWatch Logs."""

import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import tomllib

WORLDS = pathlib.Path(__file__).parent / "worlds"


@dataclasses.dataclass
class Tools:
    """What a probe is run with."""

    lab: str
    binary: str
    rootfs: str | None
    folder: pathlib.Path


@dataclasses.dataclass
class Place:
    """Where a probe runs: the world by name, and what AWS holds there by the account's own word."""

    world: str
    subnet: str
    role: str | None
    log_groups: list
    parameters: list


def scenario(place, vantage):
    """The scenario of a place: its world, with what the account says of subnet, role, log groups and parameters."""
    world = tomllib.loads((WORLDS / f"{place.world}.toml").read_text())
    world.setdefault("vpc", {}).update(subnet=place.subnet, other_subnet="10.0.200.0/24")
    world.setdefault("run", {})["vantage"] = vantage
    task = {"role": place.role} if place.role else {"credentials": "none"}
    world["task"] = world.get("task", {}) | task
    world["log_group"] = [*world.get("log_group", []), *[{"name": name} for name in place.log_groups]]
    world["parameter"] = [*world.get("parameter", []), *[{"name": name} for name in place.parameters]]
    return "".join(f"{key} = {toml(value)}\n" for key, value in world.items())


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Run:
    """One run of the lab, in a group of processes of its own."""

    def __init__(self, tools, name, place, arguments, environment, vantage="fargate"):
        self.files = tools.folder / name
        self.files.mkdir(parents=True)
        (self.files / "scenario.toml").write_text(scenario(place, vantage))
        lines = [f"{name}={value}" for name, value in environment.items()]
        escaped = [line.replace("\\", "\\\\").replace("\n", "\\n") for line in lines]
        (self.files / "environment").write_text("".join(f"{line}\n" for line in escaped))
        self.kept = self.files / "events"
        command = [tools.lab, "run", self.files / "scenario.toml", "--env-file", self.files / "environment"]
        command += ["--keep-events", self.kept, *arguments]
        # Nothing of the caller's reaches a probe.
        clean = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "HOME": "/nonexistent"}
        with (self.files / "stdout").open("wb") as out, (self.files / "stderr").open("wb") as err:
            self.process = subprocess.Popen(
                command, env=clean, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )

    def wait(self, seconds=None):
        """The probe's exit code. A lab that fails is no answer of the probe."""
        code = self.process.wait(seconds)
        if code == 125:
            raise LabFailed(self.read("stderr").strip())
        return code if code >= 0 else 128 - code

    def stop(self):
        """What ECS does first: SIGTERM, which the lab passes on."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def read(self, name):
        return (self.files / name).read_text(errors="replace")

    def events(self):
        """By group and stream."""
        found = {}
        for line in self.kept.read_text().splitlines() if self.kept.exists() else []:
            event = json.loads(line)
            entry = {"timestamp": event["timestamp"], "message": event["message"]}
            found.setdefault((event["group"], event["stream"]), []).append(entry)
        return found


class LabFailed(Exception):
    """The lab did not come up; what it said."""
