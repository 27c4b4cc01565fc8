use super::*;
use crate::diagnosis::testing::Scene;

/// What the one request of a scene's step means, in a word.
fn told(step: &str) -> String {
    let scene = Scene::read(&format!("secretsmanager\nssm\necr.api\nlogs\necr.dkr\nhub\ns3\n{step}"));
    let seen = scene.observations.last().unwrap();
    let check = scene.plan.checks.iter().find(|check| check.id == seen.check).unwrap();
    match read(check, seen) {
        None => "nothing".to_owned(),
        Some(Reading::Denied(denial)) => format!("denied {}", denial.by.map_or("unsaid", PolicyKind::name)),
        Some(Reading::Foreign(_)) => "foreign".to_owned(),
        Some(Reading::Rejected(rejected)) => format!("rejected {rejected:?}"),
        Some(Reading::NotFound(missing)) => format!("missing {missing:?}"),
        Some(reading) => format!("{reading:?}").split(['(', '{']).next().unwrap().to_lowercase(),
    }
}

#[test]
fn an_answer_is_read_by_its_code_and_the_request_that_it_is_to() {
    let table = [
        ("secret:a get-secret-value=secret", "good"),
        ("secret:a get-secret-value=400/DecryptionFailure/can't~decrypt", "denied unsaid"),
        ("secret:a get-secret-value=400/InvalidRequestException/another~thing", "unknown"),
        ("secret:a get-secret-value=500/InternalServiceError/x", "failing"),
        ("secret:a get-secret-value=503", "failing"),
        ("secret:a get-secret-value=407", "foreign"),
        ("secret:a get-secret-value=502/html", "foreign"),
        ("secret:a get-secret-value=silent", "nothing"),
        ("parameter:a get-parameters=secret", "good"),
        ("parameter:a get-parameters=400/ParameterNotFound/x", "missing Parameter"),
        ("registry-token get-authorization-token=token", "good"),
        ("registry-token get-authorization-token=unusable:no~token~in~it", "unusable"),
        ("registry-token get-authorization-token=400/MissingAuthenticationTokenException/x", "rejected Unknown"),
        ("registry-token get-authorization-token=403/IncompleteSignature/x", "rejected Unknown"),
        ("registry-token get-authorization-token=403/SignatureDoesNotMatch/no~match", "rejected Signature"),
        (
            "registry-token get-authorization-token=403/SignatureDoesNotMatch/Signature~expired:~a~is~now~earlier",
            "clockoff",
        ),
        ("registry-token get-authorization-token=403/RequestTimeTooSkewed/x", "clockoff"),
        ("log-stream:/a create-log-stream=400/ResourceAlreadyExistsException/x", "good"),
        ("log-stream:/a put-log-events=ok", "good"),
        ("log-stream:/a create-log-stream=400/InvalidParameterException/x", "unknown"),
        ("log-stream:/a describe-log-streams=unlisted", "good"),
        ("environment-file:b/k head-object=ok", "good"),
        ("environment-file:b/k head-object=503/SlowDown", "throttled"),
        ("environment-file:b/k head-object=403/ExpiredToken/x", "rejected Expired"),
        ("environment-file:b/k head-object=403", "missing ObjectOrAccess"),
        ("environment-file:b/k head-object=400/elsewhere/eu-west-1", "missing BucketHere"),
        ("manifest ping=challenge", "good"),
        ("manifest ping=ok", "good"),
        ("manifest ping=404", "unknown"),
        ("manifest ping=403", "denied unsaid"),
        ("manifest manifest=index", "good"),
        ("manifest manifest=no-platform", "noplatform"),
        ("manifest manifest=401", "rejected RegistryToken"),
        ("manifest hub manifest=401", "unauthorized"),
        ("manifest hub registry-token=403", "unauthorized"),
        ("manifest hub registry-token=500", "failing"),
        ("manifest manifest=404/RepositoryNotFoundException/x", "missing Repository"),
        ("manifest manifest=404", "missing Image"),
        ("layers layer-blob=redirect", "good"),
        ("layers layer-blob=404", "missing Blob"),
        ("layers layer=403/ExpiredToken/x", "denied unsaid"),
        ("layers layer=by-endpoint", "denied VPC endpoint policy"),
        ("layers layer=403/html", "foreign"),
        ("layers layer@d@cdn.example=403/html", "denied unsaid"),
        ("layers layer=416/InvalidRange/x", "unknown"),
        ("layers layer=bytes:1/2/3,stalled", "stalled"),
    ];
    for (step, expected) in table {
        assert_eq!(told(step), expected, "{step}");
    }
}

#[test]
fn each_kind_of_policy_is_read_from_a_steps_answer() {
    let table = [
        ("by-identity", "identity-based policy"),
        ("deny-by-identity", "identity-based policy"),
        ("by-endpoint", "VPC endpoint policy"),
        ("deny-by-endpoint", "VPC endpoint policy"),
        ("by-resource", "resource-based policy"),
        ("deny-by-scp", "service control policy"),
        ("deny-by-rcp", "resource control policy"),
        ("by-boundary", "permissions boundary"),
        ("by-session", "session policy"),
        ("by-nobody", "unsaid"),
    ];
    let requests = [
        "secret:a get-secret-value",
        "parameter:a get-parameters",
        "registry-token get-authorization-token",
        "log-stream:/a create-log-stream",
        "log-stream:/a put-log-events",
        "manifest manifest",
        "layers layer-blob",
        "layers layer",
    ];
    for request in requests {
        for (outcome, expected) in table {
            assert_eq!(told(&format!("{request}={outcome}")), format!("denied {expected}"), "{request} {outcome}");
        }
    }
}
