"""The operator's commands as the README shows them, what stands behind each, and what must come of it."""

import dataclasses
import json
from collections.abc import Callable

from account import GROUP, ROLE, SUBNETS, trust
from tasks import Stopped, Stuck
from terminal import CTRL_C
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


def reason_once(world):
    """ECS says it of the task and of its container; an operator reads it once."""
    times = " ".join(world.said.split()).count("CannotPullContainerError: pull image manifest")
    if times != 1:
        yield f"the stop reason stands there {times} times"


def untrusted(world):
    world.account.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust("lambda.amazonaws.com"))


# The table's line of the subnet without the S3 endpoint, and of one that is well.
LACKS_S3 = rf"^{C}.* +FAIL 53 .*FAIL layers-unreachable$"
IS_WELL = rf"^{A}.* +PASS 0( +ok)+$"
# The only finding, with its subnet.
ONE_FINDING = rf"^1\. ERROR layers-unreachable .*\n +in 1 of 2: {C}.*$"
SAYS_BOTH = [IS_WELL, LACKS_S3, ONE_FINDING, "gateway endpoint", "^exit code 53: "]
NO_OTHER = [r"^2\. "]


def ran_as_the_service(world):
    identities = {task.role() for task in world.tasks.known.values() if task.run}
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
    """--json: each subnet's report, and what was made of them."""
    folder = world.folder / "reports"
    ends = [json.loads(file.read_text().splitlines()[-1]) for file in sorted(folder.glob("*.jsonl"))]
    if [end["exit_code"] for end in ends] != [0, 53]:
        yield f"--json kept reports that end in {ends}, expected the exit codes 0 and 53"
    merged = json.loads((folder / "merged.json").read_text())
    if [run["exit_code"] for run in merged["runs"]] != [0, 53] or merged["exit_code"] != 53:
        yield f"the merged report has the runs {merged['runs']}"
    found = [(finding["id"], *[name.split()[0] for name in finding["runs"]]) for finding in merged["findings"]]
    if found != [("layers-unreachable", C)]:
        yield f"the merged report has the findings {found}"


def interrupt_at(call):
    """Ctrl-C, once that was called."""

    def press(world, terminal):
        if world.server.wait_for(call, 100):
            terminal.press(CTRL_C)

    return press


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
    Case("two-subnets", [Step(SERVICE, 53, says=SAYS_BOTH, never=NO_OTHER, check=ran_as_the_service)]),
    Case("two-subnets-cli-2", [Step(SERVICE, 53, says=SAYS_BOTH, never=NO_OTHER, check=ran_as_the_service)], cli=2),
    Case(
        "rescue",
        [
            Step(
                f"{SERVICE} --lambda",
                53,
                says=[IS_WELL, LACKS_S3, ONE_FINDING, "Lambda"],
                never=NO_OTHER,
                calls=["lambda:CreateFunction", "lambda:Invoke", "lambda:DeleteFunction"],
                no_calls=["ecs:RunTask", "iam:DeleteRole"],
                check=role_left,
            ),
            Step("scripts/probe --clean", 0, calls=["iam:DeleteRole"], check=no_role_left),
        ],
    ),
    Case(
        "stopped-task",
        [
            Step(
                f"scripts/probe --cluster demo --task {STOPPED_TASK}",
                53,
                # Its stop reason is explained first; then its subnet is probed, and no other.
                says=["failed to validate logger args", "no answer|unreachable|can't be reached", LACKS_S3],
                never=[A],
                check=ran_as_the_service,
            )
        ],
        prepare=stopped_task,
    ),
    Case(
        "by-hand",
        [
            Step(
                f"scripts/probe --cluster demo --subnets {A},{C} --security-groups {GROUP} --task-definition app",
                53,
                says=SAYS_BOTH,
                never=NO_OTHER,
                no_calls=["ecs:DescribeServices"],
                check=ran_as_the_service,
            )
        ],
    ),
    Case(
        "large-definition",
        [
            Step(SERVICE, 53, says=[IS_WELL, LACKS_S3], calls=["ecs:RegisterTaskDefinition"], check=overrides_fit),
            Step("scripts/probe --clean", 0, check=one_definition_left),
        ],
        account={"large": 220},
    ),
    Case(
        "cannot-start",
        [
            Step(
                SERVICE,
                71,
                says=[IS_WELL, rf"^{C}.* no start ", "^NOT STARTED ", f"scripts/probe --lambda --subnets {C} "],
                check=reason_once,
            )
        ],
        places={A: "healthy", C: Stopped(CANNOT_PULL)},
    ),
    Case(
        "no-logs",
        [Step(SERVICE, 33, says=[IS_WELL, rf"^{C}.* FAIL 33", "exit code 33"])],
        places={A: "healthy", C: "no-logs"},
    ),
    Case(
        "may-not-describe-tasks",
        [Step(SERVICE, 53, says=["no permission ecs:DescribeTasks", IS_WELL, LACKS_S3])],
        refusals=[Refusal("ecs:DescribeTasks", "AccessDeniedException")],
    ),
    Case(
        "may-not-get-role",
        [Step(SERVICE, 53, says=["no permission iam:GetRole", IS_WELL, LACKS_S3])],
        refusals=[Refusal("iam:GetRole", "AccessDeniedException")],
    ),
    Case(
        "may-not-run-task",
        [Step(SERVICE, 71, says=["no permission ecs:RunTask", "--lambda"])],
        refusals=[Refusal("ecs:RunTask", "AccessDeniedException")],
    ),
    Case(
        "untrusted-role",
        # The probes see nothing wrong, and no task starts: that is no green.
        [Step(SERVICE, 71, says=["does not trust ecs-tasks", "exit code 0", "ECS may not assume the role"])],
        places=WELL,
        prepare=untrusted,
    ),
    Case(
        "no-group",
        [
            Step(
                f"scripts/probe --cluster demo --subnets {A} --security-groups sg-0000000000000dead --task-definition app",
                3,
                says=["RunTask refuses this"],
                never=["a function starts all the same"],
            )
        ],
    ),
    Case(
        "exported",
        # What is meant for the probe does not steer how its reports are merged; durations are those of the probe.
        [
            Step(f"env VPCPROBE_FORMAT=jsonl {SERVICE}", 53, says=SAYS_BOTH),
            Step(f"{SERVICE} --lambda --dry-run -- --deadline 1.5m", 0, says=["--timeout 121 "], reads_only=True),
        ],
    ),
    Case(
        "lost-answer",
        # RunTask started the first task, and its answer did not come: the task is found again.
        [Step(SERVICE, 53, says=SAYS_BOTH, never=["no start"], calls=["ecs:ListTasks"])],
        refusals=[Refusal("ecs:RunTask", "ServerException", 1, lost=True)],
    ),
    Case(
        "role-interrupted",
        [
            Step(
                f"{SERVICE} --lambda",
                130,
                says=["interrupted", "half made"],
                calls=["iam:DeleteRole"],
                no_calls=["lambda:CreateFunction"],
                during=interrupt_at("iam:PutRolePolicy"),
                check=no_role_left,
            )
        ],
    ),
    Case(
        "interrupted",
        [
            Step(
                SERVICE,
                130,
                says=["interrupted", "Stopped 2 probe tasks"],
                calls=["ecs:StopTask"],
                during=interrupt_at("ecs:DescribeTasks"),
                check=tasks_stopped,
            )
        ],
        places={A: Stuck(), C: Stuck()},
    ),
    Case(
        "six-subnets",
        [Step(SERVICE, 53, says=[IS_WELL, rf"in 1 of 6: {SUBNETS[4]}"], never=NO_OTHER, check=six_tasks)],
        places={subnet: "healthy" for subnet in SUBNETS} | {SUBNETS[4]: "no-s3-endpoint"},
        account={"subnets": 6},
    ),
    Case(
        "no-cluster",
        [Step("scripts/probe --cluster demoo --service web", 3, says=["no cluster demoo"], reads_only=True)],
    ),
    Case(
        "no-service",
        [Step("scripts/probe --cluster demo --service webb", 3, says=["no service webb"], reads_only=True)],
    ),
    Case(
        "no-repository",
        [Step(SERVICE, 3, says=["no repository vpcprobe", "scripts/image --push"], reads_only=True)],
        account={"repository": False},
    ),
    Case(
        "rescue-interrupted",
        [
            Step(
                f"{SERVICE} --lambda",
                130,
                says=["interrupted", "Deleted 2 functions"],
                calls=["lambda:DeleteFunction"],
                during=interrupt_at("lambda:Invoke"),
            )
        ],
        places={A: "no-s3-endpoint", C: "no-s3-endpoint"},
    ),
    Case(
        "dry-run",
        [
            Step(f"{SERVICE} --dry-run", 0, says=[A, C, "^TASK_1=.*aws ecs run-task"], reads_only=True),
            Step(f"{SERVICE} --lambda --dry-run", 0, says=[A, C, "^aws lambda create-function"], reads_only=True),
        ],
    ),
    Case(
        "cannot-start-rescued",
        [
            Step(
                f"{SERVICE} --rescue",
                53,
                says=[IS_WELL, LACKS_S3, "CannotPullContainerError"],
                calls=["ecs:RunTask", "lambda:Invoke", "lambda:DeleteFunction"],
            )
        ],
        places={A: "healthy", C: Stopped(CANNOT_PULL, "no-s3-endpoint")},
    ),
    Case(
        "throttled",
        [Step(SERVICE, 53, says=[IS_WELL, LACKS_S3], never=["Rate exceeded"])],
        refusals=[Refusal("ecs:DescribeTasks", "ThrottlingException", 2)],
        late=True,
    ),
    Case("reports-kept", [Step(f"{SERVICE} --json {{folder}}/reports", 53, says=SAYS_BOTH, check=kept_reports)]),
]
