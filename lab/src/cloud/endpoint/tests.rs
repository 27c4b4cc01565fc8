//! What endpoint policies let through.

use super::*;

const USER: &str = "arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole/1";
const LAYER: &str = "arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/key";

fn verdict(statements: &str, account: &str) -> Verdict {
    let policy = EndpointPolicy::read(&format!("{{\"Statement\":{statements}}}")).unwrap();
    policy.judge(&Asked { action: "s3:GetObject", resource: LAYER, user: USER, account, endpoint: "vpce-0" })
}

#[test]
fn a_deny_comes_before_an_allow_and_silence_is_no_allow() {
    let all = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
    let none = r#"{"Effect":"Deny","Principal":"*","Action":"s3:Get*","Resource":"*"}"#;
    let table = [
        (all.to_owned(), Verdict::Allowed),
        (format!("[{all},{none}]"), Verdict::Denied),
        ("[]".to_owned(), Verdict::NotAllowed),
        (all.replace("\"Action\":\"*\"", "\"Action\":[\"S3:getobject\"]"), Verdict::Allowed),
        (all.replace("\"Action\":\"*\"", "\"Action\":\"s3:PutObject\""), Verdict::NotAllowed),
        (
            all.replace("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:s3:::prod-*-starport-layer-bucket/*\""),
            Verdict::Allowed,
        ),
        (all.replace("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:s3:::my-bucket/*\""), Verdict::NotAllowed),
        (
            all.replace("\"Principal\":\"*\"", "\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"}"),
            Verdict::Allowed,
        ),
        (
            all.replace("\"Principal\":\"*\"", "\"Principal\":{\"AWS\":\"arn:aws:iam::999999999999:root\"}"),
            Verdict::NotAllowed,
        ),
    ];
    for (statements, expected) in table {
        assert_eq!(verdict(&statements, "123456789012"), expected, "{statements}");
    }
}

#[test]
fn aws_own_signer_is_of_another_account() {
    for (operator, account, expected) in [
        ("StringEquals", "123456789012", Verdict::Allowed),
        ("StringEquals", STORAGE_ACCOUNT, Verdict::NotAllowed),
        ("StringNotEquals", STORAGE_ACCOUNT, Verdict::Allowed),
    ] {
        let statement = format!(
            "{{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\
             \"Condition\":{{\"{operator}\":{{\"aws:PrincipalAccount\":\"123456789012\"}}}}}}"
        );
        assert_eq!(verdict(&statement, account), expected, "{operator} {account}");
    }
}

#[test]
fn what_the_lab_can_t_evaluate_is_refused() {
    let table = [
        ("{}", "no Statement"),
        (
            r#"{"Statement":{"Effect":"Allow","Principal":"*","NotAction":"*","Resource":"*"}}"#,
            "does not evaluate `NotAction`",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}"#,
            "does not evaluate `Bool`",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceIp":"1"}}}}"#,
            "does not know `aws:sourceip`",
        ),
    ];
    for (text, expected) in table {
        let error = EndpointPolicy::read(text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
