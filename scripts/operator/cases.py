"""The operator's commands as the README shows them, what stands behind each, and what must come of it."""

import dataclasses
import json
import os
import signal
from collections.abc import Callable

import checks
from account import CLUSTER, GROUP, ROLE, SUBNETS
from tasks import Stopped, Stuck
from wire import Refusal

A, C = SUBNETS[:2]
TWO = {A: "healthy", C: "no-s3-endpoint"}
WELL = {A: "healthy", C: "healthy"}
SERVICE = "scripts/probe --cluster demo --service web"
CANNOT_PULL = (
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
    "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/vpcprobe:latest: failed to do request: Head "
    '"https://123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/v2/vpcprobe/manifests/latest": '
    "dial tcp 10.0.2.51:443: i/o timeout"
)
LOGGER = (
    "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group "
    "defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your "
    "network configuration. : signal: killed"
)
# A task of the service that ended some minutes ago.
STOPPED_TASK = "0123456789abcdef0123456789abcdef"


@dataclasses.dataclass
class Step:
    """One command: its exit code, what its output says or never says, which calls it makes or must not make."""

    command: str
    exit: int
    says: list = dataclasses.field(default_factory=list)
    never: list = dataclasses.field(default_factory=list)
    calls: list = dataclasses.field(default_factory=list)
    no_calls: list = dataclasses.field(default_factory=list)
    reads_only: bool = False
    check: Callable | None = None
    during: Callable | None = None


@dataclasses.dataclass
class Case:
    name: str
    steps: list
    places: dict = dataclasses.field(default_factory=lambda: dict(TWO))
    account: dict = dataclasses.field(default_factory=dict)
    refusals: list = dataclasses.field(default_factory=list)
    prepare: Callable | None = None
    # Tasks that were just started are not known everywhere at once.
    late: bool = False
    cli: int = 1


def two_subnets(world):
    """The table has both as they are, and the finding stands there once, with its subnet."""
    lines = world.said.splitlines()
    rows = [line for line in lines if A in line and C in line] + [line for line in lines if A in line]
    if not rows:
        yield f"no line names {A}"
    findings = [line for line in lines if "S3" in line and "gateway" in line.lower()]
    if not findings:
        yield "nothing names the S3 gateway endpoint"
    identities = {task.role() for task in world.tasks.known.values()}
    if identities != {ROLE}:
        yield f"the probes ran as {identities}, expected the service's execution role {ROLE}"


def one_definition_left(world):
    """What was registered is gone; the service's own stays."""
    ecs = world.account.client("ecs")
    active = ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"]
    names = {arn.rpartition("/")[2].partition(":")[0] for arn in active}
    if names != {"app"}:
        yield f"active task definitions: {sorted(names)}, expected only app"


def no_role_left(world):
    roles = {role["RoleName"] for role in world.account.client("iam").list_roles()["Roles"]}
    if roles != {ROLE}:
        yield f"roles: {sorted(roles)}, expected only {ROLE}"


def role_left(world):
    roles = {role["RoleName"] for role in world.account.client("iam").list_roles()["Roles"]}
    if roles == {ROLE}:
        yield "the function's role is gone, but Lambda still needs it to remove the interfaces"


def kept_reports(world):
    """--json: each subnet's report, judged as it should be."""
    codes = sorted(report["exit_code"] for report in checks.reports(world.folder / "reports").values())
    if codes != [0, 53]:
        yield f"--json kept reports with the exit codes {codes}, expected [0, 53]"


def interrupt(world, process):
    """Ctrl-C, once the tasks were looked at."""
    if world.server.wait_for("ecs:DescribeTasks", 60):
        os.killpg(process.pid, signal.SIGINT)


def stopped_task(world):
    world.tasks.add_stopped("service:web", C, LOGGER, STOPPED_TASK)


def tasks_stopped(world):
    asked = {call.parameters["task"].rpartition("/")[2] for call in world.server.seen("ecs:StopTask")}
    started = {task.id for task in world.tasks.known.values()}
    if asked != started or len(started) != 2:
        yield f"StopTask came for {sorted(asked)}, tasks were {sorted(started)}"


def six_tasks(world):
    subnets = sorted(task.subnet["SubnetId"] for task in world.tasks.known.values())
    if subnets != SUBNETS:
        yield f"probes ran in {subnets}, expected one in each of {SUBNETS}"


def overrides_fit(world):
    longest = max(len(json.dumps(task.overrides)) for task in world.tasks.known.values())
    if longest > 8192:
        yield f"overrides of {longest} characters"


CASES = [
    Case("two-subnets", [Step(SERVICE, 53, says=[A, C, "S3"], check=two_subnets)]),
    Case("two-subnets-cli-2", [Step(SERVICE, 53, says=[A, C, "S3"], check=two_subnets)], cli=2),
    Case(
        "stopped-task",
        [Step(f"scripts/probe --cluster demo --task {STOPPED_TASK}", 53, says=[C, "logger args|log group"], never=[A])],
        prepare=stopped_task,
    ),
    Case(
        "by-hand",
        [
            Step(
                f"scripts/probe --cluster demo --subnets {A},{C} --security-groups {GROUP} --task-definition app",
                53,
                says=[A, C],
                no_calls=["ecs:DescribeServices"],
                check=two_subnets,
            )
        ],
    ),
    Case(
        "large-definition",
        [
            Step(SERVICE, 53, says=[A, C], calls=["ecs:RegisterTaskDefinition"], check=overrides_fit),
            Step("scripts/probe --clean", 0, check=one_definition_left),
        ],
        account={"large": 220},
    ),
    Case(
        "cannot-start",
        [Step(SERVICE, 71, says=[A, C, "CannotPullContainerError", "--lambda"])],
        places={A: "healthy", C: Stopped(CANNOT_PULL)},
    ),
    Case("no-logs", [Step(SERVICE, 33, says=[A, C, "33"])], places={A: "healthy", C: "no-logs"}),
    Case(
        "may-not-describe-tasks",
        [Step(SERVICE, 71, says=["ecs:DescribeTasks"])],
        places=WELL,
        refusals=[Refusal("ecs:DescribeTasks", "AccessDeniedException")],
    ),
    Case(
        "may-not-get-role",
        [Step(SERVICE, 53, says=["iam:GetRole", A, C])],
        refusals=[Refusal("iam:GetRole", "AccessDeniedException")],
    ),
    Case(
        "may-not-run-task",
        [Step(SERVICE, 3, says=["ecs:RunTask"])],
        places=WELL,
        refusals=[Refusal("ecs:RunTask", "AccessDeniedException")],
    ),
    Case(
        "interrupted",
        [Step(SERVICE, 130, says=["[Ss]topped"], calls=["ecs:StopTask"], during=interrupt, check=tasks_stopped)],
        places={A: Stuck(), C: Stuck()},
    ),
    Case(
        "six-subnets",
        [Step(SERVICE, 53, says=SUBNETS, check=six_tasks)],
        places={subnet: "healthy" for subnet in SUBNETS} | {SUBNETS[4]: "no-s3-endpoint"},
        account={"subnets": 6},
    ),
    Case("no-cluster", [Step("scripts/probe --cluster demoo --service web", 3, says=["demoo"], reads_only=True)]),
    Case("no-service", [Step("scripts/probe --cluster demo --service webb", 3, says=["webb"], reads_only=True)]),
    Case(
        "no-repository",
        [Step(SERVICE, 3, says=["vpcprobe", "scripts/image --push"], no_calls=["ecs:RunTask"])],
        account={"repository": False},
    ),
    Case("dry-run", [Step(f"{SERVICE} --dry-run", 0, says=[A, C, "run-task"], reads_only=True)]),
    Case(
        "rescue",
        [
            Step(
                f"{SERVICE} --lambda",
                53,
                says=[A, C, "S3"],
                calls=["lambda:CreateFunction", "lambda:Invoke", "lambda:DeleteFunction"],
                no_calls=["ecs:RunTask", "iam:DeleteRole"],
                check=role_left,
            ),
            Step("scripts/probe --clean", 0, calls=["iam:DeleteRole"], check=no_role_left),
        ],
    ),
    Case(
        "throttled",
        [Step(SERVICE, 53, says=[A, C], never=["Rate exceeded"])],
        refusals=[Refusal("ecs:DescribeTasks", "ThrottlingException", 2)],
        late=True,
    ),
    Case("reports-kept", [Step(f"{SERVICE} --json {{folder}}/reports", 53, says=[A, C], check=kept_reports)]),
]
assert len({case.name for case in CASES}) == len(CASES) and CLUSTER in SERVICE
