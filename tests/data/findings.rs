//! The findings of the broken report.

use vpcprobe::diagnosis::{Certainty, Finding, FindingId, Fix, Severity};
use vpcprobe::observation::ObservationId;
use vpcprobe::plan::{CheckId, Purpose};

use super::{DKR, LOGS, S3};

pub fn endpoint_silent() -> Finding {
    Finding {
        id: FindingId::EndpointSilent,
        severity: Severity::Error,
        certainty: Certainty::Likely,
        purposes: vec![Purpose::Logs],
        checks: vec![CheckId("logs".to_owned())],
        evidence: vec![ObservationId("o11".to_owned()), ObservationId("o14".to_owned())],
        summary: format!("{LOGS} resolves to 10.0.1.11 and 10.0.2.11, and neither answers a connection in 4 s."),
        meaning: "Other endpoints connect, so the security group of this one does not let the task's subnet in.".to_owned(),
        fix: vec![
            Fix {
                action: "Find the endpoint's security group.".to_owned(),
                command: Some("aws ec2 describe-vpc-endpoints --region ap-northeast-1 --filters Name=service-name,Values=com.amazonaws.ap-northeast-1.logs --query 'VpcEndpoints[].[VpcEndpointId,Groups[].GroupId]'".to_owned()),
            },
            Fix {
                action: "Let the subnet in on TCP 443.".to_owned(),
                command: Some("aws ec2 authorize-security-group-ingress --region ap-northeast-1 --group-id sg-ENDPOINT --protocol tcp --port 443 --cidr 10.0.1.0/24".to_owned()),
            },
        ],
        alternatives: vec![FindingId::AllEndpointsSilent, FindingId::EndpointAddressSilent],
        tell_apart: Some("Reachability Analyzer from the task's network interface to the endpoint's names the hop that drops.".to_owned()),
        ecs_error: Some("ResourceInitializationError: failed to validate logger args: : signal: killed".to_owned()),
        compared: None,
        hides: Vec::new(),
        culprit: None,
        also: Vec::new(),
    }
}

pub fn layers_unreachable() -> Finding {
    Finding {
        id: FindingId::LayersUnreachable,
        certainty: Certainty::Certain,
        purposes: vec![Purpose::Layers],
        checks: vec![CheckId("s3".to_owned())],
        evidence: vec![ObservationId("o22".to_owned())],
        summary: format!("{S3} resolves to 3.5.152.10 and 3.5.154.20, and neither answers a connection in 4 s."),
        meaning: "The subnet's route table has no S3 gateway endpoint, and there is no way out.".to_owned(),
        fix: vec![Fix {
            action: "Create a gateway endpoint for S3 in the route table of this subnet.".to_owned(),
            command: Some("aws ec2 create-vpc-endpoint --region ap-northeast-1 --vpc-id VPC --service-name com.amazonaws.ap-northeast-1.s3 --vpc-endpoint-type Gateway --route-table-ids ROUTE-TABLE".to_owned()),
        }],
        alternatives: vec![],
        tell_apart: None,
        ecs_error: Some("CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: i/o timeout".to_owned()),
        compared: None,
        hides: Vec::new(),
        culprit: None,
        also: Vec::new(),
        ..endpoint_silent()
    }
}

pub fn slow_path() -> Finding {
    Finding {
        id: FindingId::SlowPath,
        severity: Severity::Warning,
        certainty: Certainty::Certain,
        purposes: vec![Purpose::Registry],
        checks: vec![CheckId("ecr.dkr".to_owned())],
        evidence: vec![ObservationId("o26".to_owned())],
        summary: format!("{DKR} took 6.3 s to answer."),
        meaning: "The path works, and a pull over it may run into the platform's limits.".to_owned(),
        fix: vec![],
        alternatives: vec![],
        tell_apart: None,
        ecs_error: None,
        compared: None,
        hides: Vec::new(),
        culprit: None,
        also: Vec::new(),
    }
}

pub fn proxy_set() -> Finding {
    Finding {
        id: FindingId::ProxySet,
        severity: Severity::Info,
        summary: "HTTPS_PROXY and https_proxy are set.".to_owned(),
        meaning: "The platform's own pull ignores them.".to_owned(),
        purposes: vec![],
        checks: vec![],
        evidence: vec![],
        ..slow_path()
    }
}
