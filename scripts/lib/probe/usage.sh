# shellcheck shell=bash
# What --help prints. Sourced, not run.

usage() {
    cat <<'TEXT'
Runs vpcprobe where a task would not start: one probe task in each of its subnets, with its security groups and its
execution role, and says what is broken and how to mend it.

  scripts/probe --cluster C --service S                     a service whose tasks don't start
  scripts/probe --cluster C --task ID                       a task that stopped (ECS remembers it for about an hour)
  scripts/probe --cluster C --subnets A,B --security-groups G --task-definition TD
  scripts/probe … --lambda                                  the same from functions: where no task starts, they do
  scripts/probe … --dry-run                                 shows every call that would change something, and makes none
  scripts/probe --clean                                     removes what earlier runs had to leave

What would not start (given, they win over what the service or the task says)
  --cluster C              name or ARN; `default` without it
  --service S, --task ID   name, id or ARN
  --subnets A,B            subnets to probe, one probe each
  --security-groups A,B    groups of the task
  --task-definition TD     family, family:revision or ARN; its start is replayed. Its `environment` is never read
  --assign-public-ip X     ENABLED or DISABLED
  --launch-type X          FARGATE or EC2
  --platform-version X     of Fargate
  --role R                 role whose permissions the replay has [the task definition's execution role]; none: no role

The probe
  --image URI              its image [the newest of this account's repository `vpcprobe`]
  --cpu-architecture X     X86_64 or ARM64: the image's, and the function's
  --execution-role R       role that pulls the probe's image [the task definition's]
  --probe-task-definition TD   one that exists, such as the stack's; its container is called vpcprobe
  --log-group G            where reports go [/vpcprobe]; made when missing
  --wait SECONDS           for all tasks to end [900]; then they are stopped
  --rescue                 probe from functions wherever the probe's task could not start
  --lambda                 probe from functions only
  --zip FILE               the function's code [dist/vpcprobe-*-lambda-*.zip, VPCPROBE_LAMBDA_ZIP, or made of the binary]
  --lambda-role R          the function's role [`vpcprobe-rescue`, made when missing; with it no secret's value is read]
  --network FILE           how the VPC is configured, as scripts/network has collected it [collected beside the probes]
  --no-network             leaves that out: causes are judged by what the probes saw alone
  -- FLAG…                 flags of `vpcprobe run`, such as -- --expect private --service secretsmanager --deadline 90s

What comes out
  --format text|json       of the merged report on standard output [text on a terminal]
  --json DIR               keeps every report as it came, network.json and merged.json
  --region R, --profile P  as the AWS CLI has them; AWS_REGION, AWS_PROFILE and AWS_ENDPOINT_URL count too

Exit code: 0 all is well; 11 to 69 what is broken first (vpcprobe explain CODE); 70, 71 a bug, or it could not be looked
at; 4 warnings under -- --strict; 2 usage; 3 something named does not exist or can't be used; 130 interrupted.

It needs the AWS CLI (1 or 2), gzip, base64 and a vpcprobe for this machine (VPCPROBE_BIN, dist/, target/, PATH, or the
image through docker or podman). What it needs of IAM, and what works without, is in docs/running/probe.md.
TEXT
}
