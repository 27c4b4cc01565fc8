//! Stop reasons whose cause no network probe can see: placement, interfaces, disks, roles, and mistakes in the task
//! definition. Each is read as a whole.

use super::steps::Step;
use super::text::Text;

/// One such cause.
pub(super) struct Unseen {
    /// Where it stands in a task start.
    pub(super) step: Step,
    /// What it means.
    pub(super) means: &'static str,
    /// What to do, each with its command where there is one.
    pub(super) steps: &'static [(&'static str, &'static str)],
}

const FREE_ADDRESSES: (&str, &str) = (
    "see how many addresses the subnet has left (VPC endpoints take one each), and give the service more or larger subnets",
    "ec2 describe-subnets --subnet-ids $SUBNETS --query 'Subnets[].[SubnetId,AvailabilityZone,AvailableIpAddressCount]'",
);
const RETRY: (&str, &str) = ("start it again; start fewer tasks at once where it comes back", "");

#[rustfmt::skip]
const TABLE: &[(&[&str], Unseen)] = &[
    (&["Rate limit exceeded while", "network interface"], Unseen {
        step: Step::Interface,
        means: "EC2 throttled the calls that make network interfaces: too many tasks were started at once.",
        steps: &[("start fewer tasks at once, and again later", "")],
    }),
    (&["InsufficientFreeAddressesInSubnet"], Unseen {
        step: Step::Interface,
        means: "The subnet has no free address left for the task's network interface.",
        steps: &[FREE_ADDRESSES],
    }),
    (&["Unexpected EC2 error while attempting to Create Network Interface", "AuthFailure"], Unseen {
        step: Step::Interface,
        means: "EC2 did not let ECS make the network interface. It is often over with the next attempt; if it stays, ECS's service-linked role or the sharing of the subnet (RAM) is broken.",
        steps: &[RETRY, ("see that ECS's service-linked role exists", "iam get-role --role-name AWSServiceRoleForECS")],
    }),
    (&["Unexpected EC2 error while attempting to Create Network Interface"], Unseen {
        step: Step::Interface,
        means: "EC2 could not make the task's network interface in the subnet; the usual reason is that the subnet has no free address left.",
        steps: &[FREE_ADDRESSES],
    }),
    (&["network interface provisioning to complete"], Unseen {
        step: Step::Interface,
        means: "The task's network interface was not attached in time. That is a delay of AWS's, usual in bursts of starts; a subnet without free addresses looks the same.",
        steps: &[RETRY, FREE_ADDRESSES],
    }),
    (&["timeout wait for network interface provision"], Unseen {
        step: Step::Interface,
        means: "The task's network interface was not attached in time. That is a delay of AWS's, usual in bursts of starts; a subnet without free addresses looks the same.",
        steps: &[RETRY, FREE_ADDRESSES],
    }),
    (&["attach network interface to unused device index"], Unseen {
        step: Step::Interface,
        means: "The EC2 instance has no slot left for another task's network interface.",
        steps: &[("use a larger instance type, or switch ENI trunking on", "ecs put-account-setting-default --name awsvpcTrunking --value enabled")],
    }),
    (&["EphemeralStorage provisioning to complete"], Unseen {
        step: Step::Storage,
        means: "Fargate did not have the task's disk ready in time. It is a delay of AWS's.",
        steps: &[RETRY],
    }),
    (&["Capacity is unavailable at this time"], Unseen {
        step: Step::Placement,
        means: "Fargate has no capacity of this kind in that zone just now.",
        steps: &[("start it again later, or give the service subnets in other zones", "")],
    }),
    (&["unable to place a task"], Unseen {
        step: Step::Placement,
        means: "ECS found no place for the task. With `Internal error` on Fargate the subnet is in a zone that Fargate does not serve; otherwise the words behind `Reason` say what is missing.",
        steps: &[("give the service a subnet in another zone", "")],
    }),
    (&["not compatible with the selected compute strategy"], Unseen {
        step: Step::Placement,
        means: "The launch type or capacity provider does not fit the task definition.",
        steps: &[("make requiresCompatibilities of the task definition and the launch type agree", "")],
    }),
    (&["unable to assume the role"], Unseen {
        step: Step::Role,
        means: "ECS can't assume the task's role: the role does not exist, or its trust policy does not name ecs-tasks.amazonaws.com.",
        steps: &[
            ("look at the role's trust policy", "iam get-role --role-name $ROLE --query Role.AssumeRolePolicyDocument"),
            ("let ecs-tasks.amazonaws.com assume it", "iam update-assume-role-policy --role-name $ROLE --policy-document file://trust.json"),
        ],
    }),
    (&["failed to normalize image reference"], Unseen {
        step: Step::Reference,
        means: "What the task definition has as image is no image reference: an ARN, an empty tag, upper case, or a placeholder that nothing was put into. No network was asked.",
        steps: &[("write the image as ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG in the task definition", "")],
    }),
    (&["invalid reference format"], Unseen {
        step: Step::Reference,
        means: "What the task definition has as image is no image reference: an ARN, an empty tag, upper case, or a placeholder that nothing was put into. No network was asked.",
        steps: &[("write the image as ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG in the task definition", "")],
    }),
    (&["/var/lib/docker", "no space left on device"], Unseen {
        step: Step::Unpack,
        means: "The EC2 instance's disk is full: the image came over the network and could not be stored.",
        steps: &[("remove old images and containers from the instance, or give it a larger disk", "")],
    }),
    (&["no space left on device"], Unseen {
        step: Step::Unpack,
        means: "The image, unpacked, is larger than the task's disk: it came over the network and could not be stored. Fargate gives 20 GiB unless the task definition asks for more.",
        steps: &[("ask for more in ephemeralStorage of the task definition (up to 200 GiB), or make the image smaller", "")],
    }),
    (&["awslogs-region is required"], Unseen {
        step: Step::Logs,
        means: "The task definition's log options have no awslogs-region. No network was asked.",
        steps: &[("set awslogs-region in logConfiguration", "")],
    }),
    (&["MissingEndpoint"], Unseen {
        step: Step::Logs,
        means: "The awslogs-region of the task definition is empty or no Region, so there is no host to ask. No network was asked.",
        steps: &[("set awslogs-region in logConfiguration to a Region's name", "")],
    }),
    (&["unable to get awslogs driver arguments"], Unseen {
        step: Step::Logs,
        means: "The task definition's log options are not complete. No network was asked.",
        steps: &[("mend the options of logConfiguration that the text names", "")],
    }),
    (&["CredentialsEndpointError"], Unseen {
        step: Step::LogsAtStart,
        means: "Docker on the EC2 instance can't reach the ECS agent's endpoint for credentials (169.254.170.2): the agent's iptables rules or its setting are missing. That is on the instance itself, not in the VPC.",
        steps: &[("set ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true in /etc/ecs/ecs.config and restart the agent", "")],
    }),
    (&["EFS", "No such file or directory"], Unseen {
        step: Step::Volumes,
        means: "The file system was mounted over the network, and the directory that the task definition names does not exist in it.",
        steps: &[("make the directory, or mend rootDirectory (or the access point) of the volume in the task definition", "")],
    }),
    (&["failed to get container status"], Unseen {
        step: Step::Start,
        means: "The container could not be started; AWS names memory as the usual reason.",
        steps: &[("give the task or the container more memory", "")],
    }),
    (&["OutOfMemory"], Unseen {
        step: Step::Start,
        means: "The container used more memory than it may.",
        steps: &[("give the task or the container more memory", "")],
    }),
    (&["failed ELB health checks"], Unseen {
        step: Step::Running,
        means: "The task had started, and the load balancer found it unhealthy: the load balancer's path to the task, or the application.",
        steps: &[("see that the task's security group lets the load balancer's in on the container's port", "")],
    }),
];

/// What is only read where nothing else in the text is.
#[rustfmt::skip]
const LAST: &[(&[&str], Unseen)] = &[
    (&["Essential container in task exited"], Unseen {
        step: Step::Running,
        means: "The task had started, and a container that it needs ended by itself: its own log and its exit code say why.",
        steps: &[("look at the exit code of each container; `vpcprobe explain CODE` knows those of vpcprobe", "ecs describe-tasks --cluster $CLUSTER --tasks $TASK --query 'tasks[].containers[].[name,exitCode,reason]'")],
    }),
    (&["InternalError:"], Unseen {
        step: Step::Interface,
        means: "AWS's own side failed; ECS gives this also where the network interface came too late.",
        steps: &[RETRY],
    }),
    (&["TaskFailedToStart"], Unseen {
        step: Step::Unknown,
        means: "TaskFailedToStart is the class of every failed start and no cause: the cause is in stoppedReason and in the reason of each container.",
        steps: &[("read the reasons, within an hour of the stop", "ecs describe-tasks --cluster $CLUSTER --tasks $TASK --query 'tasks[].[stoppedReason,containers[].[name,reason]]'")],
    }),
];

const AGENT: Unseen = Unseen {
    step: Step::Placement,
    means: "The ECS agent on the EC2 instance is not connected to ECS.",
    steps: &[(
        "look at the agent's log on the instance and restart it; without another way out it needs the endpoints ecs-agent, ecs-telemetry and ecs",
        "",
    )],
};

/// ECS's name for an instance's resources, in capitals: other texts speak of a resource in small letters.
const RESOURCE: &str = "RESOURCE:";

const NO_INTERFACE_SLOT: Unseen = Unseen {
    step: Step::Placement,
    means: "No EC2 instance of the cluster has a slot left for another task's network interface (this does not exist on \
            Fargate).",
    steps: &[(
        "add instances, use larger ones, or switch ENI trunking on",
        "ecs put-account-setting-default --name awsvpcTrunking --value enabled",
    )],
};

const NO_RESOURCE: Unseen = Unseen {
    step: Step::Placement,
    means: "No EC2 instance of the cluster has enough of the resource that is named behind RESOURCE: (CPU, memory, ports).",
    steps: &[("add instances to the cluster, or ask for less in the task definition", "")],
};

/// What a text says of such a cause, whatever else stands in it.
pub(super) fn find(text: &Text) -> Option<&'static Unseen> {
    match text.plain.split_once(RESOURCE) {
        Some((_, rest)) if rest.starts_with("ENI") => Some(&NO_INTERFACE_SLOT),
        Some((_, rest)) if rest.starts_with(|c: char| c.is_ascii_uppercase()) => Some(&NO_RESOURCE),
        Some(_) | None => text.first(TABLE),
    }
}

/// What it says where nothing else was read in it.
pub(super) fn find_last(text: &Text) -> Option<&'static Unseen> {
    if text.has("TaskFailedToStart: AGENT") || text.plain.trim_matches(['"', '\'', '.']) == "AGENT" {
        return Some(&AGENT);
    }
    text.first(LAST)
}
