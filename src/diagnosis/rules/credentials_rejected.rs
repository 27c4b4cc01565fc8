//! `credentials-rejected`: AWS or the registry answers, and does not accept what the call was signed with.

use super::grouped;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::{self, Reading, Rejected};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, words};
use crate::plan::{Deed, SecretUse};

/// What is not accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum What {
    Role(Rejected),
    /// The signature's time, though every clock agrees with ours.
    Time,
    /// User and password for a registry.
    Login,
}

/// Take every rejection, a finding a kind.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| what(case, trouble).is_some());
    let groups = grouped::by(taken, |trouble| what(case, trouble));
    groups.iter().filter_map(|(what, taken)| Some(finding(case, (*what)?, taken))).collect()
}

fn what(case: &Case<'_>, trouble: &Trouble<'_>) -> Option<What> {
    match reading::of(trouble)? {
        Reading::Rejected(rejected) => Some(What::Role(rejected)),
        Reading::ClockOff => Some(What::Time),
        Reading::Unauthorized => has_login(case, trouble).then_some(What::Login),
        _ => None,
    }
}

/// Whether the task definition names credentials for the image's registry.
fn has_login(case: &Case<'_>, trouble: &Trouble<'_>) -> bool {
    let Some(image) = reading::image(trouble.view.check) else { return false };
    case.steps().filter_map(|view| view.check.step.as_ref()).any(|step| match &step.deed {
        Deed::Secret(secret) => secret.purpose == SecretUse::Registry { image: image.reference.clone() },
        Deed::Identity
        | Deed::EnvironmentFile(_)
        | Deed::Token
        | Deed::LogStream(_)
        | Deed::Manifest(_)
        | Deed::Layers(_) => false,
    })
}

fn finding<'c>(case: &'c Case<'c>, what: What, taken: &[Trouble<'c>]) -> Finding {
    let told = taken.iter().find_map(|trouble| trouble.evidence.first()?.response()?.told.as_ref());
    let told =
        told.map(|told| words::quoted(&format!("{} {}", told.code, told.message))).filter(|told| !told.is_empty());
    let told = told.map(|told| format!(": {told}")).unwrap_or_default();
    let (noun, meaning, fixes) = said(what);
    Draft::new(FindingId::CredentialsRejected, case, taken)
        .summary(format!("{} {noun} ({}){told}.", words::hosts_say(taken, "rejects", "reject"), words::peers(taken)))
        .meaning(meaning)
        .fixes(fixes)
        .finding()
}

fn said(what: What) -> (&'static str, &'static str, Vec<Fix>) {
    const ROLE: &str = "give the task a task role (the execution role, to see what the platform sees) and start it again, so that \
                        it gets credentials of its own";
    match what {
        What::Role(Rejected::Expired) => (
            "the role's credentials, whose time is over",
            "The network is open as far as the service; the credentials that the run holds have expired, which the platform's own \
             may not have.",
            vec![aws::step(ROLE)],
        ),
        What::Role(Rejected::Unknown) => (
            "the role's credentials, which it does not know",
            "The network is open as far as the service; these credentials are of another partition, were deleted, or are no \
             credentials at all.",
            vec![
                aws::step(ROLE),
                aws::step(
                    "take AWS_ACCESS_KEY_ID and its like out of the container's environment: they go before its role",
                ),
            ],
        ),
        What::Role(Rejected::Signature) => (
            "the signature",
            "The network is open as far as the service; the secret key does not fit its id, or something on the way changes the \
             request.",
            vec![
                aws::step(
                    "take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY out of the container's environment: they go before its role",
                ),
                aws::step("see whether a proxy or firewall on the way rewrites headers"),
            ],
        ),
        What::Role(Rejected::RegistryToken) => (
            "the registry's token",
            "The registry is reached; its token is of another Region, or its 12 hours are over, or a proxy on the way lost it.",
            vec![aws::step(
                "fetch the token anew, from the Region that the registry's host names, and see that no proxy takes the header \
                 Authorization out of requests",
            )],
        ),
        What::Time => (
            "the time of the signature",
            "Only this service says so, and the Date of the others agrees with the local clock: something holds the request back on \
             its way, or the service's answer is not its own.",
            vec![aws::step("see what stands between the task and this service (proxy, inspecting firewall)")],
        ),
        What::Login => (
            "user and password of the image's registry",
            "The registry is reached, and the secret that repositoryCredentials names holds no login that it accepts.",
            vec![
                aws::step("see that the secret is JSON with the keys \"username\" and \"password\""),
                aws::step("log in with them elsewhere, and make a new access token where they fail there too"),
            ],
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn what_is_rejected_is_told_by_its_kind() {
        assert_scenes(&[
            (
                "expired everywhere is one cause",
                "ecr.api dns=10.0.1.5
                 logs dns=10.0.1.6
                 registry-token get-authorization-token=400/ExpiredTokenException/The~security~token~has~expired
                 log-stream:/ecs/app create-log-stream=400/ExpiredTokenException/The~security~token~has~expired",
                "error credentials-rejected registry-token log-stream:/ecs/app",
            ),
            (
                "unknown, and a signature that does not fit",
                "ecr.api dns=10.0.1.5
                 logs dns=10.0.1.6
                 registry-token get-authorization-token=400/UnrecognizedClientException/invalid
                 log-stream:/ecs/app create-log-stream=400/InvalidSignatureException/does~not~match",
                "error credentials-rejected registry-token
                 error credentials-rejected log-stream:/ecs/app",
            ),
            (
                "a registry's token that is over: 403 without a challenge",
                "ecr.dkr dns=10.0.1.7
                 manifest ping=challenge manifest-head=403 manifest=403/DENIED/Your~authorization~token~has~expired.~Reauthenticate",
                "error credentials-rejected manifest",
            ),
            (
                "401 after a token was sent",
                "ecr.dkr dns=10.0.1.7\nmanifest ping=challenge manifest-head=401 manifest=401",
                "error credentials-rejected manifest",
            ),
            (
                "one service alone says that the time is off",
                "ecr.api dns=10.0.1.5
                 logs dns=10.0.1.6
                 registry-token get-authorization-token=400/InvalidSignatureException/Signature~expired:~x~is~now~earlier~than~y",
                "error credentials-rejected registry-token",
            ),
            (
                "a login",
                "secretsmanager dns=10.0.1.4
                 hub dns=52.1.1.1
                 secret:hub-login login=nginx:1 get-secret-value=secret
                 manifest hub ping=challenge registry-token=401/UNAUTHORIZED/incorrect~username~or~password",
                "error credentials-rejected manifest",
            ),
            ("the caller's identity yields no finding", "sts optional dns=10.0.1.9\nidentity get-caller-identity=403/ExpiredToken/x", ""),
        ]);
        let judged = judge("ecr.dkr dns=10.0.1.7\nmanifest ping=challenge manifest-head=401 manifest=401");
        assert_eq!(judged.exit_code, 46);
    }
}
