"""ECS as far as it runs tasks: RunTask starts the real binary in the lab, DescribeTasks says what became of it."""

import collections
import dataclasses
import json
import threading
import time
import uuid

import lab
from account import ACCOUNT, CLUSTER, REGION
from wire import Refused, as_json

# RunTask's limit on `overrides`, JSON and all.
OVERRIDES = 8192
CONTAINER = "vpcprobe"


@dataclasses.dataclass
class Stopped:
    """A subnet where a task can't start: ECS's reason, and the world that a function finds there."""

    reason: str
    world: str = "healthy"


@dataclasses.dataclass
class Stuck:
    """A subnet where a task stays PENDING until it is stopped."""


@dataclasses.dataclass
class Task:
    definition: dict
    request: dict
    subnet: dict
    groups: list
    id: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex)
    created: float = dataclasses.field(default_factory=time.time)
    status: str = "PROVISIONING"
    run: lab.Run | None = None
    exit_code: int | None = None
    stop_code: str | None = None
    reason: str | None = None
    # Its process has ended, or there is none and it was stopped.
    ended: bool = False

    @property
    def arn(self):
        return f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{CLUSTER}/{self.id}"

    @property
    def overrides(self):
        return self.request.get("overrides", {})

    def environment(self):
        """Of the container, as ECS merges it."""
        variables = {entry["name"]: entry["value"] for entry in self.container().get("environment", [])}
        return variables | {entry["name"]: entry["value"] for entry in self.override().get("environment", [])}

    def container(self):
        return next(entry for entry in self.definition["containerDefinitions"] if entry["name"] == CONTAINER)

    def override(self):
        named = (entry for entry in self.overrides.get("containerOverrides", []) if entry["name"] == CONTAINER)
        return next(named, {})

    def role(self):
        arn = self.overrides.get("taskRoleArn") or self.definition.get("taskRoleArn")
        return arn.rpartition("/")[2] if arn else None

    def arguments(self):
        """What follows `run`, the image's own command."""
        command = self.override().get("command") or self.container().get("command") or ["run"]
        if command[0] != "run" or self.container().get("entryPoint"):
            raise Refused("ClientException", f"the stand-in runs the image's own entry point only, not {command}")
        return command[1:]

    def description(self):
        over = self.status == "STOPPED"
        container = {
            "containerArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:container/{CLUSTER}/{self.id}/{self.id[:8]}",
            "taskArn": self.arn,
            "name": self.definition["containerDefinitions"][0]["name"],
            "image": self.definition["containerDefinitions"][0]["image"],
            "lastStatus": self.status if over or self.status == "RUNNING" else "PENDING",
            "networkInterfaces": [],
            "cpu": "0",
        }
        if over and self.exit_code is not None:
            container["exitCode"] = self.exit_code
        # A pull is a container's; what comes before it is the whole task's.
        if over and self.reason and self.reason.startswith("CannotPull"):
            container["reason"] = self.reason
        known = {
            "taskArn": self.arn,
            "clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{CLUSTER}",
            "taskDefinitionArn": self.definition["taskDefinitionArn"],
            "lastStatus": self.status,
            "desiredStatus": "STOPPED" if over else "RUNNING",
            "launchType": self.request.get("launchType", "FARGATE"),
            "platformVersion": "1.4.0",
            "platformFamily": "Linux",
            "availabilityZone": self.subnet["AvailabilityZone"],
            "createdAt": self.created,
            "group": self.request.get("group", f"family:{self.definition['family']}"),
            "startedBy": self.request.get("startedBy", ""),
            "overrides": self.overrides,
            "containers": [container],
            "attachments": [self.interface()],
            "version": 1,
        }
        if over:
            known |= {"stopCode": self.stop_code, "stoppedReason": self.reason, "stoppedAt": time.time()}
        return known

    def interface(self):
        details = {"subnetId": self.subnet["SubnetId"], "networkInterfaceId": f"eni-{self.id[:17]}"}
        return {
            "id": str(uuid.UUID(self.id)),
            "type": "ElasticNetworkInterface",
            "status": "DELETED" if self.status == "STOPPED" else "ATTACHED",
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }


class Tasks:
    def __init__(self, account, tools, places, late=False):
        """With `late`, DescribeTasks does not know a task the first time: ECS says of itself that it may be so."""
        self.account, self.tools, self.places, self.late = account, tools, places, late
        self.known, self.lock, self.failures = {}, threading.Lock(), []

    def handlers(self):
        return {
            "ecs:RunTask": self.run_task,
            "ecs:DescribeTasks": self.describe_tasks,
            "ecs:StopTask": self.stop_task,
            "ecs:ListTasks": self.list_tasks,
        }

    def run_task(self, call, _):
        request = call.parameters
        definition = self.account.task_definition(request["taskDefinition"])
        network = request.get("networkConfiguration", {}).get("awsvpcConfiguration")
        self.validate(request, definition, network)
        subnets = self.account.subnets(network["subnets"])
        self.account.groups(network.get("securityGroups", []))
        tasks = []
        for number in range(request.get("count", 1)):
            subnet = subnets[number % len(subnets)]
            task = Task(definition, request, subnet, network.get("securityGroups", []))
            tasks.append(task)
            self.start(task)
            with self.lock:
                self.known[task.arn] = task
        return as_json({"tasks": [task.description() for task in tasks], "failures": []})

    def validate(self, request, definition, network):
        """What ECS refuses."""
        cluster = request.get("cluster", "default").rpartition("/")[2]
        if cluster not in self.account.clusters():
            raise Refused("ClusterNotFoundException", "Cluster not found.")
        if definition.get("status") != "ACTIVE":
            raise Refused("ClientException", "TaskDefinition is inactive")
        overrides = request.get("overrides", {})
        if len(json.dumps(overrides, separators=(",", ":"))) > OVERRIDES:
            raise Refused("InvalidParameterException", f"Container Overrides length must be at most {OVERRIDES}")
        names = {entry["name"] for entry in definition["containerDefinitions"]}
        for override in overrides.get("containerOverrides", []):
            if override["name"] not in names:
                said = f"Override for container named {override['name']} is not a container in the TaskDefinition."
                raise Refused("InvalidParameterException", said)
        if not network and definition["networkMode"] == "awsvpc":
            said = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
            raise Refused("InvalidParameterException", said)
        if request.get("launchType", "EC2") not in definition["compatibilities"]:
            said = f"Task definition does not support launch_type {request.get('launchType', 'EC2')}."
            raise Refused("InvalidParameterException", said)
        for arn in filter(None, [overrides.get("taskRoleArn"), definition.get("taskRoleArn")]):
            self.account.assumable(arn, "ecs-tasks.amazonaws.com", "ECS was unable to assume the role")

    def start(self, task):
        place = self.places[task.subnet["SubnetId"]]
        if isinstance(place, str):
            where = self.account.place(place, task.subnet["CidrBlock"], task.role())
            arguments = ["--", *task.arguments()] if task.arguments() else []
            task.run = lab.Run(self.tools, task.id, where, [*self.binary(), *arguments], task.environment())
            threading.Thread(target=self.follow, args=[task], daemon=True).start()

    def binary(self):
        image = ["--rootfs", self.tools.rootfs] if self.tools.rootfs else []
        return ["--binary", self.tools.binary, *image]

    def follow(self, task):
        """To the end of its process, whose events are then in the account's Logs before anybody sees it STOPPED."""
        try:
            code = task.run.wait()
            self.account.put_events(task.run.events())
        except Exception as failure:
            self.failures.append(f"the task in {task.subnet['SubnetId']}: {failure!r}")
            code = None
        with self.lock:
            task.exit_code, task.ended = code, True
            task.stop_code = task.stop_code or "EssentialContainerExited"
            task.reason = task.reason or "Essential container in task exited"

    def look(self, task):
        """One step on at each look, as far as the process has come."""
        place = self.places.get(task.subnet["SubnetId"])
        if task.ended and task.status != "PROVISIONING" and not (task.run and task.status == "PENDING"):
            task.status = "STOPPED"
        elif task.status == "PENDING" and isinstance(place, Stopped):
            task.stop_code, task.reason, task.status = "TaskFailedToStart", place.reason, "STOPPED"
        elif task.status == "PENDING" and task.run:
            task.status = "RUNNING"
        elif task.status == "PROVISIONING":
            task.status = "PENDING"

    def describe_tasks(self, call, _):
        found, failures = [], []
        with self.lock:
            for name in call.parameters["tasks"]:
                task = self.find(name)
                if task and not (self.late and task.status == "PROVISIONING"):
                    self.look(task)
                    found.append(task.description())
                else:
                    failures.append({"arn": self.arn(name), "reason": "MISSING"})
                    if task:
                        task.status = "PENDING"
        return as_json({"tasks": found, "failures": failures})

    def stop_task(self, call, _):
        with self.lock:
            task = self.find(call.parameters["task"])
            if not task:
                raise Refused("InvalidParameterException", "The referenced task was not found.")
            if task.status != "STOPPED":
                task.stop_code, task.reason = "UserInitiated", call.parameters.get("reason", "Task stopped by user")
                if task.run:
                    task.run.stop()
                else:
                    task.ended = True
            return as_json({"task": task.description()})

    def list_tasks(self, call, _):
        wanted = call.parameters.get("desiredStatus", "RUNNING")
        group = call.parameters.get("serviceName")
        with self.lock:
            tasks = [task.description() for task in self.known.values()]
        fits = [task for task in tasks if task["desiredStatus"] == wanted]
        if group:
            fits = [task for task in fits if task["group"] == f"service:{group.rpartition('/')[2]}"]
        if call.parameters.get("startedBy"):
            fits = [task for task in fits if task["startedBy"] == call.parameters["startedBy"]]
        return as_json({"taskArns": [task["taskArn"] for task in fits]})

    def find(self, name):
        return self.known.get(self.arn(name))

    @staticmethod
    def arn(name):
        return name if name.startswith("arn:") else f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{CLUSTER}/{name}"

    def add_stopped(self, group, subnet, reason, identity):
        """A task of the operator's own that ended before the case began."""
        definition = self.account.task_definition("app")
        task = Task(definition, {"group": group}, self.account.subnets([subnet])[0], [], id=identity)
        task.status, task.stop_code, task.reason, task.ended = "STOPPED", "TaskFailedToStart", reason, True
        self.known[task.arn] = task

    def running(self):
        """By subnet, what is not over yet."""
        with self.lock:
            return collections.Counter(t.subnet["SubnetId"] for t in self.known.values() if t.status != "STOPPED")
