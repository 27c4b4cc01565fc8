//! Which policy denies.

use crate::diagnosis::FindingId;
use crate::diagnosis::testing::{assert_settled, judge_by};

/// The policy of the first endpoint, or of S3's, as AWS shows it: a text.
fn token(text: &str) -> (&str, &str) {
    ("/vpc_endpoints/0/PolicyDocument", text)
}

fn policy(statement: &str) -> String {
    serde_json::Value::from(format!(r#"{{"Statement": [{statement}]}}"#)).to_string()
}

#[test]
fn the_policy_that_denies_is_named() {
    let everything = policy(r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#);
    let nothing = policy(r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#);
    let own = policy(r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::ours/*"}"#);
    let said = "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=by-endpoint";
    let unsaid = "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=by-nobody";
    let by_role = "ecr.api dns=10.0.1.5\nregistry-token get-authorization-token=by-identity";
    let by_nat = "ecr.api dns=18.1.1.1\nregistry-token get-authorization-token=by-nobody";
    let host = "prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com";
    let layers = format!(
        "ecr.dkr dns=10.0.2.4
         layer-host:{host}:443 dns=52.219.1.1
         control dns=18.9.9.9 18.9.9.9=silent
         layers layer-blob=redirect layer=403/AccessDenied/Access~Denied"
    );

    assert_settled(&[
        ("as AWS says", said, &[token(&nothing)], "error endpoint-policy-denies registry-token: vpce-0"),
        ("as AWS does not say", unsaid, &[token(&nothing)], "error access-denied registry-token: vpce-0"),
        (
            "not where AWS names another",
            by_role,
            &[token(&nothing)],
            "error identity-policy-denies registry-token: likely",
        ),
        (
            "not where the call went another way",
            by_nat,
            &[token(&nothing)],
            "error access-denied registry-token: likely
             info public-route ecr.api: certain",
        ),
        (
            "one that allows it is not to blame",
            unsaid,
            &[token(&everything)],
            "error access-denied registry-token: likely",
        ),
        (
            "AWS says so, and it was changed since",
            said,
            &[token(&everything)],
            "error endpoint-policy-denies registry-token: certain
             warning configuration-and-network-disagree registry-token: certain",
        ),
        ("of the layers", &layers, &[("/vpc_endpoints/3/PolicyDocument", &own)], "error layers-denied layers: vpce-3"),
    ]);
    let found = judge_by(unsaid, &[token(&everything)]).findings.remove(0);
    assert!(!found.alternatives.contains(&FindingId::EndpointPolicyDenies), "{found:?}");
    for (scene, place) in [(said, "/vpc_endpoints/0/PolicyDocument"), (&layers, "/vpc_endpoints/3/PolicyDocument")] {
        let found = judge_by(scene, &[(place, &everything)]).findings.remove(0);
        let steps: Vec<_> = found.fix.iter().map(|step| (step.action.as_str(), &step.command)).collect();
        let there = "see configuration-and-network-disagree: it says what is left to look at";
        assert_eq!(steps, [(there, &None)], "{scene}");
        assert!(found.meaning.contains("vpc-1 the policy of the endpoint allows what was denied"), "{}", found.meaning);
    }
    let found = judge_by(&layers, &[("/vpc_endpoints/3/PolicyDocument", &own)]).findings.remove(0);
    let steps: Vec<&str> = found.fix.iter().map(|step| step.action.as_str()).collect();
    let [_, add, "put it in place"] = steps.as_slice() else { panic!("{steps:?}") };
    let bucket = r#""Resource":["arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/*"]"#;
    assert!(add.contains(bucket), "{add}");
}
