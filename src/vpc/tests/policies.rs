use serde_json::{Value, json};

use super::{API, S3, read, sound, stand};
use crate::vpc::{Call, CulpritKind, Decision, Told};

const LAYER: &str = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/0a/1b";
const REPOSITORY: &str = "arn:aws:ecr:eu-west-1:123456789012:repository/app";

#[derive(Debug, PartialEq)]
enum Said {
    Allows,
    Denies,
    Unknown,
}

fn ask(service: &str, policy: &Value, action: &str, resource: Option<&str>) -> Decision {
    let mut view = sound();
    let endpoint = usize::from(service == S3);
    view["vpc_endpoints"][endpoint]["PolicyDocument"] = match policy {
        Value::Null | Value::String(_) => policy.clone(),
        document => json!(document.to_string()),
    };
    stand(&read(&view)).policy(service, action, resource)
}

fn said(decision: &Decision) -> Said {
    match decision {
        Decision::Allows => Said::Allows,
        Decision::Denies(_) => Said::Denies,
        Decision::Unknown(_) => Said::Unknown,
    }
}

fn statement(effect: &str, action: Value, resource: Value) -> Value {
    json!({ "Effect": effect, "Principal": "*", "Action": action, "Resource": resource })
}

fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

#[test]
fn a_policy_is_an_explicit_deny_then_an_allow_then_a_deny() {
    let allow = |action: &str, resource: &str| statement("Allow", json!(action), json!(resource));
    let deny = |action: &str, resource: &str| statement("Deny", json!(action), json!(resource));
    let not_action = json!({ "Effect": "Allow", "Principal": "*", "NotAction": "ecr:Put*", "Resource": "*" });
    let not_resource = json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "NotResource": REPOSITORY });
    let by_aws = json!({ "Effect": "Allow", "Principal": { "AWS": ["*"] }, "Action": "*", "Resource": "*" });
    let role = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:role/x" }, "Action": "*", "Resource": "*" });
    let cases: &[(&str, Value, Said)] = &[
        ("no document is full access", Value::Null, Said::Allows),
        ("the default policy", document(&[allow("*", "*")]), Said::Allows),
        ("one statement need not be in a list", json!({ "Statement": allow("*", "*") }), Said::Allows),
        ("no statement allows nothing", document(&[]), Said::Denies),
        ("deny alone: a template without an Allow", document(&[deny("ecr:DeleteRepository", "*")]), Said::Denies),
        ("actions are of any case", document(&[allow("ECR:batchgetimage", "*")]), Said::Allows),
        ("a wildcard in the action", document(&[allow("ecr:BatchGet*", "*")]), Said::Allows),
        ("another action", document(&[allow("ecr:GetAuthorizationToken", "*")]), Said::Denies),
        (
            "one of several",
            document(&[statement("Allow", json!(["ecr:Get*", "ecr:BatchGetImage"]), json!([REPOSITORY]))]),
            Said::Allows,
        ),
        ("? is one character", document(&[allow("*", "arn:aws:ecr:eu-west-?:*:repository/app")]), Said::Allows),
        (
            "resources have their case",
            document(&[allow("*", "arn:aws:ecr:eu-west-1:123456789012:repository/APP")]),
            Said::Denies,
        ),
        ("another resource", document(&[allow("*", "arn:aws:ecr:eu-west-1:123456789012:repository/b*")]), Said::Denies),
        ("an explicit deny is stronger", document(&[allow("*", "*"), deny("ecr:Batch*", "*")]), Said::Denies),
        ("its order does not matter", document(&[deny("ecr:Batch*", "*"), allow("*", "*")]), Said::Denies),
        ("NotAction", document(&[not_action]), Said::Allows),
        ("NotResource", document(&[not_resource]), Said::Denies),
        ("everyone in another form", document(&[by_aws]), Said::Allows),
        ("a principal that may be the task's role", document(&[role]), Said::Unknown),
        ("no JSON", json!("{"), Said::Unknown),
        (
            "a variable in the resource",
            document(&[allow("*", "arn:aws:ecr:*:${aws:PrincipalAccount}:*")]),
            Said::Unknown,
        ),
    ];
    for (name, policy, expected) in cases {
        let decision = ask(API, policy, "ecr:BatchGetImage", Some(REPOSITORY));
        assert_eq!(said(&decision), *expected, "{name}: {decision:?}");
    }
}

#[test]
fn a_condition_is_evaluated_only_where_the_view_settles_it() {
    let under = |effect: &str, condition: Value| {
        let mut one = statement(effect, json!("*"), json!("*"));
        one["Condition"] = condition;
        one
    };
    let allow = statement("Allow", json!("*"), json!("*"));
    let vpc = |id: &str| json!({ "StringEquals": { "aws:SourceVpc": id } });
    let not_vpc = |id: &str| json!({ "StringNotEquals": { "aws:SourceVpc": [id] } });
    let account = || json!({ "StringEquals": { "aws:PrincipalAccount": "123456789012" } });
    let cases = [
        ("this VPC", document(&[under("Allow", vpc("vpc-0a"))]), Said::Allows),
        ("another VPC", document(&[under("Allow", vpc("vpc-0b"))]), Said::Denies),
        ("a deny from elsewhere", document(&[allow.clone(), under("Deny", not_vpc("vpc-0a"))]), Said::Allows),
        ("a deny from here", document(&[allow.clone(), under("Deny", not_vpc("vpc-0b"))]), Said::Denies),
        ("who asks", document(&[under("Allow", account())]), Said::Unknown),
        ("who asks, beside an Allow", document(&[under("Allow", account()), allow.clone()]), Said::Allows),
        ("a deny that may hold", document(&[allow, under("Deny", account())]), Said::Unknown),
    ];
    for (name, policy, expected) in cases {
        let decision = ask(API, &policy, "ecr:BatchGetImage", Some(REPOSITORY));
        assert_eq!(said(&decision), expected, "{name}: {decision:?}");
    }
}

/// Layers are asked for by a role of AWS's own, in a bucket of AWS's own: what is only for one's own refuses them.
#[test]
fn conditions_on_who_asks_break_layers() {
    let get = |condition: Value| {
        let mut one = statement("Allow", json!("s3:GetObject"), json!("*"));
        one["Condition"] = condition;
        one
    };
    let deny = |condition: Value| {
        let mut one = statement("Deny", json!("s3:*"), json!("*"));
        one["Condition"] = condition;
        vec![statement("Allow", json!("*"), json!("*")), one]
    };
    let bucket = |resource: &str| document(&[statement("Allow", json!("s3:GetObject"), json!(resource))]);
    let cases = [
        ("the bucket", bucket("arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"), Said::Allows),
        ("a typo in the bucket", bucket("arn:aws:s3:::prod-eu-west-1-starport-layers-bucket/*"), Said::Denies),
        ("another Region's", bucket("arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"), Said::Denies),
        (
            "only the bucket, not what is in it",
            bucket("arn:aws:s3:::prod-eu-west-1-starport-layer-bucket"),
            Said::Denies,
        ),
        ("own buckets", bucket("arn:aws:s3:::my-*"), Said::Denies),
        (
            "own account",
            document(&[get(json!({ "StringEquals": { "aws:PrincipalAccount": "123456789012" } }))]),
            Said::Denies,
        ),
        (
            "own organization",
            document(&[get(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-abc123" } }))]),
            Said::Denies,
        ),
        (
            "own resources",
            document(&[get(json!({ "StringEquals": { "aws:ResourceOrgID": ["o-abc123"] } }))]),
            Said::Denies,
        ),
        (
            "another's account, which may be AWS's",
            document(&[get(json!({ "StringEquals": { "aws:PrincipalAccount": "812812325446" } }))]),
            Said::Unknown,
        ),
        (
            "a perimeter",
            document(&deny(json!({ "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-abc123" } }))),
            Said::Denies,
        ),
        (
            "a perimeter with an exception",
            document(&deny(json!({
                "StringNotEquals": { "aws:ResourceOrgID": "o-abc123" },
                "ArnNotLike": { "aws:CalledVia": "x" }
            }))),
            Said::Unknown,
        ),
    ];
    for (name, policy, expected) in cases {
        let decision = ask(S3, &policy, "s3:GetObject", Some(LAYER));
        assert_eq!(said(&decision), expected, "{name}: {decision:?}");
    }
}

#[test]
fn a_refusal_names_the_endpoint_and_how_to_change_its_policy() {
    let Decision::Denies(block) = ask(S3, &document(&[]), "s3:GetObject", Some(LAYER)) else { panic!("it denies") };
    assert_eq!((block.culprit.kind, block.culprit.id.as_str()), (CulpritKind::EndpointPolicy, "vpce-53"));
    // One layer is like the next: the bucket is what a policy names.
    let bucket = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*";
    assert_eq!(block.culprit.detail, format!("the policy of vpce-53 has no Allow for s3:GetObject on {bucket}"));
    let steps: Vec<_> = block.remedy.iter().map(|step| (step.action.as_str(), step.command.as_deref())).collect();
    let change = format!(
        r#"add `{{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["{bucket}"]}}` to the Statement of policy.json and keep the others"#
    );
    assert_eq!(
        steps,
        [
            (
                "read the endpoint's policy into policy.json",
                Some(
                    "aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-53 --query 'VpcEndpoints[0].PolicyDocument' \
                     --output text --region eu-west-1 > policy.json"
                )
            ),
            (change.as_str(), None),
            (
                "put it in place",
                Some(
                    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-53 --policy-document file://policy.json --region \
                     eu-west-1"
                )
            ),
        ]
    );
}

fn one(effect: &str, sid: &str, condition: Value) -> Value {
    let mut one = statement(effect, json!("ecr:*"), json!("*"));
    one["Condition"] = condition;
    if !sid.is_empty() {
        one["Sid"] = json!(sid);
    }
    one
}

/// Told by AWS that an endpoint's policy denies a call, the view need not know who asks to say which statement it is.
#[test]
fn the_statement_and_its_condition_are_named() {
    let allow = || one("Allow", "", json!({}));
    let role = || json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/x" } });
    let elsewhere = || json!({ "StringEquals": { "aws:SourceVpc": "vpc-0b" } });
    let (denied, not_allowed) = (Some(Told::Denied), Some(Told::NotAllowed));
    let here = "denies ecr:BatchGetImage";
    let only = "allows ecr:BatchGetImage";
    let cases = [
        (
            "by its number",
            document(&[allow(), one("Deny", "", json!({}))]),
            None,
            Said::Denies,
            format!("{here} by its statement 2"),
        ),
        (
            "by its Sid",
            document(&[one("Deny", "Mine", json!({}))]),
            None,
            Said::Denies,
            format!("{here} by its statement Mine"),
        ),
        (
            "a Deny under a condition, by the view alone",
            document(&[allow(), one("Deny", "", role())]),
            None,
            Said::Unknown,
            "the policy of vpce-a1 denies it by statement 2 under a condition on aws:PrincipalArn".to_owned(),
        ),
        (
            "… and by AWS's words",
            document(&[allow(), one("Deny", "", role())]),
            denied,
            Said::Denies,
            format!("{here} by its statement 2 under a condition on aws:PrincipalArn"),
        ),
        (
            "an Allow under a condition, by the view alone",
            document(&[one("Allow", "", role())]),
            None,
            Said::Unknown,
            "the policy of vpce-a1 allows it by statement 1 only under a condition on aws:PrincipalArn".to_owned(),
        ),
        (
            "… and by AWS's words",
            document(&[one("Allow", "", role())]),
            not_allowed,
            Said::Denies,
            format!("{only} by its statement 1 only under a condition on aws:PrincipalArn, which leaves this call out"),
        ),
        (
            "a condition that does not hold",
            document(&[one("Allow", "", elsewhere())]),
            None,
            Said::Denies,
            format!("{only} by its statement 1 only under a condition on aws:SourceVpc, which leaves this call out"),
        ),
        (
            "a Deny that the collected policy does not have",
            document(&[]),
            denied,
            Said::Unknown,
            "the policy of vpce-a1 has no Deny for ecr:BatchGetImage as it was collected".to_owned(),
        ),
        ("what AWS denies and the policy allows", document(&[allow()]), not_allowed, Said::Allows, String::new()),
        (
            "what is no name stands nowhere",
            document(&[one("Deny", "a`reboot`", json!({ "Bool": { "x\u{1b}[2J": "true" } }))]),
            denied,
            Said::Denies,
            format!("{here} by its statement 1 under a condition"),
        ),
    ];
    for (name, policy, told, expected, words) in cases {
        let mut view = sound();
        view["vpc_endpoints"][0]["PolicyDocument"] = json!(policy.to_string());
        let vpc = read(&view);
        let call = Call { service: API, action: "ecr:BatchGetImage", resource: Some(REPOSITORY), told, need: None };
        let decision = stand(&vpc).policy_of(call);
        assert_eq!(said(&decision), expected, "{name}: {decision:?}");
        let (detail, change) = match decision {
            Decision::Denies(block) => {
                let detail = &block.culprit.detail;
                (
                    detail.replace(&format!(" on {REPOSITORY}"), "").replace("the policy of vpce-a1 ", ""),
                    block.remedy[1].action.clone(),
                )
            }
            Decision::Unknown(why) => (why, String::new()),
            Decision::Allows => (String::new(), String::new()),
        };
        assert_eq!(detail, words, "{name}");
        assert_eq!(change.starts_with("remove statement "), words.starts_with(here), "{name}: {change}");
        assert_eq!(change.starts_with("add `{"), words.starts_with(only), "{name}: {change}");
    }
}

#[test]
fn without_an_endpoint_there_is_no_policy_to_speak_of() {
    let vpc = read(&sound());
    let decision = stand(&vpc).policy("com.amazonaws.eu-west-1.logs", "logs:PutLogEvents", None);
    assert_eq!(decision, Decision::Unknown("vpc-0a has no endpoint for com.amazonaws.eu-west-1.logs".to_owned()));
}

#[test]
fn without_a_resource_a_policy_for_single_ones_is_not_settled() {
    let some = document(&[statement("Allow", json!("ecr:*"), json!(REPOSITORY))]);
    assert_eq!(said(&ask(API, &some, "ecr:GetAuthorizationToken", None)), Said::Unknown);
    let other = document(&[statement("Allow", json!("s3:*"), json!(REPOSITORY))]);
    assert_eq!(said(&ask(API, &other, "ecr:GetAuthorizationToken", None)), Said::Denies);
}
