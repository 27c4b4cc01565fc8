//! Whose credentials the run holds, and whose the platform uses.

use super::{Case, Fix, aws, shaped};
use crate::observation::{Held, Observation};

/// Whose credentials the run holds, where AWS has said so.
pub fn identity(observations: &[Observation]) -> Option<String> {
    observations.iter().find_map(|seen| match seen.response()?.held.as_ref()? {
        Held::Identity { arn } => Some(arn.clone()),
        Held::Token
        | Held::Secret { .. }
        | Held::Listed { .. }
        | Held::Manifest { .. }
        | Held::Index { .. }
        | Held::Redirect { .. }
        | Held::Transfer(_)
        | Held::Unusable { .. } => None,
    })
}

/// A role, by account where that is said, and name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Role<'a> {
    account: Option<&'a str>,
    name: &'a str,
}

/// Of `arn:…:role/PATH/NAME`, `arn:…:assumed-role/NAME/SESSION` or a bare name.
fn role(text: &str) -> Option<Role<'_>> {
    let Some(arn) = shaped::arn(text) else {
        let name = shaped::word(text).filter(|name| !name.contains([':', '/']))?;
        return Some(Role { account: None, name });
    };
    let mut fields = arn.splitn(6, ':').skip(4);
    let account = fields.next().filter(|account| !account.is_empty());
    let mut path = fields.next()?.split('/');
    let name = match path.next()? {
        "role" => path.next_back(),
        "assumed-role" => path.next(),
        _ => None,
    };
    Some(Role { account, name: name? })
}

/// How the role that was denied stands to the execution role.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It is the execution role.
    Same,
    /// It is another.
    Other,
    /// The execution role is not known.
    Unknown,
}

/// Compare who was denied with the execution role.
pub fn standing(case: &Case<'_>, principal: Option<&str>) -> Standing {
    let execution = case.plan.replay.execution_role.as_deref().and_then(role);
    let (Some(execution), Some(denied)) = (execution, principal.and_then(role)) else { return Standing::Unknown };
    let same_account = execution.account.is_none() || execution.account == denied.account;
    if same_account && execution.name == denied.name { Standing::Same } else { Standing::Other }
}

/// The sentence that says whose the platform's credentials are.
pub fn note(case: &Case<'_>, standing: Standing) -> String {
    let execution = case.plan.replay.execution_role.as_deref().and_then(role).map(|role| role.name);
    match (standing, execution) {
        (Standing::Same, _) => "It is the task's execution role, with which the platform asks too.".to_owned(),
        (Standing::Other, Some(name)) => {
            format!(
                "The platform asks with the task's execution role {name}, not with this one, and may fare otherwise."
            )
        }
        (Standing::Other | Standing::Unknown, _) => {
            "The platform asks with the task's execution role; where that is not this one, it may fare otherwise."
                .to_owned()
        }
    }
}

/// Run the probe with the execution role, where that is not what it had.
pub fn run_as_execution_role(case: &Case<'_>, standing: Standing) -> Option<Fix> {
    let arn = case.plan.replay.execution_role.as_deref().and_then(shaped::arn);
    let overrides = match arn {
        Some(arn) => format!("'{{\"taskRoleArn\":\"{arn}\"}}'"),
        None => "\"{\\\"taskRoleArn\\\":\\\"$EXECUTION_ROLE_ARN\\\"}\"".to_owned(),
    };
    (standing != Standing::Same).then(|| {
        aws::command(
            "run vpcprobe with the execution role as its task role, to see what the platform sees",
            aws::home(case.plan),
            format!(
                "ecs run-task --cluster $CLUSTER --task-definition $VPCPROBE_TASK --launch-type FARGATE \
                 --network-configuration $NETWORK --overrides {overrides}"
            ),
        )
    })
}

/// The name of the role that must be allowed, for a command.
pub fn role_to_mend(case: &Case<'_>, principal: Option<&str>) -> String {
    let execution = case.plan.replay.execution_role.as_deref().and_then(role);
    let name = execution.or(principal.and_then(role)).map(|role| role.name);
    shaped::word_or(name, "$EXECUTION_ROLE").to_owned()
}

/// The ARN of the role that must be allowed, for a command.
pub fn arn_to_mend(case: &Case<'_>, principal: Option<&str>) -> String {
    if let Some(arn) = case.plan.replay.execution_role.as_deref().and_then(shaped::arn) {
        return arn.to_owned();
    }
    // The path of an assumed role's ARN is not said.
    let named = principal.filter(|_| case.plan.replay.execution_role.is_none()).and_then(|text| {
        let role = role(text)?;
        Some(format!("arn:{}:iam::{}:role/{}", text.split(':').nth(1)?, role.account?, role.name))
    });
    named.unwrap_or_else(|| "$EXECUTION_ROLE_ARN".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_known_by_any_of_its_names() {
        let table = [
            (
                "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
                Some((Some("123456789012"), "ecsTaskExecutionRole")),
            ),
            ("arn:aws:iam::123456789012:role/team/shop/execution", Some((Some("123456789012"), "execution"))),
            ("arn:aws-cn:sts::123456789012:assumed-role/execution/0c2f", Some((Some("123456789012"), "execution"))),
            ("execution", Some((None, "execution"))),
            ("arn:aws:iam::123456789012:user/someone", None),
            ("${ExecutionRole}", None),
            ("a;b", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(role(text).map(|role| (role.account, role.name)), expected, "{text}");
        }
    }
}
