use crate::inputs::{NamedText, RawInputs, Vantage, accept};
use crate::plan::{Plan, plan};

fn planned(text: &str, flags: &[&str]) -> Result<Plan, String> {
    let words = |prefix: &str| -> Vec<String> {
        flags.iter().filter_map(|flag| Some(flag.strip_prefix(prefix)?.to_owned())).collect()
    };
    let raw = RawInputs {
        region: Some("ap-northeast-1".to_owned()),
        no_control: Some("true".to_owned()),
        endpoints: words("endpoint "),
        expectations: words("expect "),
        images: words("image "),
        expectations_file: Some(NamedText { name: "f".to_owned(), text: text.to_owned() }),
        ..RawInputs::default()
    };
    let inputs = accept(&raw, &Vantage::default()).map_err(|error| error.0)?;
    inputs.believed_again().map_err(|error| error.0)?;
    plan(&inputs, &Vantage::default()).map_err(|error| error.0)
}

/// `id=route`, with `?` where it is not required and its limit of connect where it has one.
fn told(plan: &Plan) -> String {
    let one = |check: &crate::plan::Check| {
        let mark = if check.required { "" } else { "?" };
        let route = format!("{:?}", check.expect).to_lowercase();
        let limit = plan.asserted.demands.get(&check.id).and_then(|demands| demands.connect_ms);
        format!("{}{mark}={route}{}", check.id, limit.map(|ms| format!("/{ms}")).unwrap_or_default())
    };
    plan.checks.iter().filter(|check| check.step.is_none()).map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_more_particular_counts_key_by_key() {
    let table: &[(&str, &[&str], &str)] = &[
        (
            "default: {route: private, connect: 10ms}",
            &[],
            "ecr.api=private/10 logs=private/10 ecr.dkr=private/10 s3=private/10",
        ),
        (
            "default: {connect: 10ms}\nexpect:\n  - {services: [s3], route: gateway}\n  - {services: [logs], connect: 20ms, route: public}",
            &[],
            "ecr.api=any/10 logs=public/20 ecr.dkr=any/10 s3=gateway/10",
        ),
        (
            "expect:\n  - {hosts: [logs.ap-northeast-1.amazonaws.com], connect: 1ms}\n  - {hosts: ['*.amazonaws.com'], connect: 2ms, route: private}\n  - {services: [logs], connect: 3ms}\n  - {hosts: ['*.ap-northeast-1.amazonaws.com:443'], connect: 4ms}",
            &[],
            "ecr.api=private/4 logs=private/1 ecr.dkr=private/4 s3=private/4",
        ),
        (
            "groups: {all: [logs, a.example, '*.dkr.ecr.ap-northeast-1.amazonaws.com']}\nexpect:\n  - {group: all, route: private, connect: 5ms}\n  - {hosts: [a.example], connect: 6ms}\n  - {services: [ecr.dkr], connect: 7ms}",
            &[],
            "ecr.api=any logs=private/5 ecr.dkr=private/5 s3=any a.example:443=private/6",
        ),
        (
            "default: {route: any}\nexpect:\n  - {services: [sts], route: private}\n  - {hosts: [b.example, 'c.example:8443'], reachable: false}",
            &[],
            "ecr.api=any logs=any ecr.dkr=any s3=any sts=private b.example:443=blocked c.example:8443=blocked",
        ),
        (
            "expect:\n  - {hosts: [db.example], connect: 5ms}\n  - {hosts: ['db.example:5433'], connect: 6ms}",
            &["endpoint tcp://db.example:5432", "endpoint tcp://db.example:5433"],
            "ecr.api=any logs=any ecr.dkr=any s3=any db.example:5432=any/5 db.example:5433=any/6",
        ),
        (
            "default: {route: private}\nexpect:\n  - {hosts: [a.example], route: private}",
            &["expect logs=public", "endpoint a.example=any"],
            "ecr.api=private logs=public ecr.dkr=private s3=private a.example:443=any",
        ),
        (
            "default: {route: private}",
            &["image 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/a"],
            "ecr.api=private logs?=any ecr.dkr=private s3=private",
        ),
        (
            "expect:\n  - {services: [logs], route: private}",
            &["image 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/a"],
            "ecr.api=any logs=private ecr.dkr=any s3=any",
        ),
    ];
    for (text, flags, expected) in table {
        assert_eq!(told(&planned(text, flags).unwrap()), *expected, "{text}");
    }
}

#[test]
fn the_default_asks_of_a_check_what_can_be_seen_of_it() {
    let text = "default: {issuers: [Amazon], resolve: 1s, exchange: 1s, pull: 60s}";
    let flags = ["endpoint tcp://10.0.0.9:5432", "image 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/a"];
    let plan = planned(text, &flags).unwrap();
    let of = |id: &str| plan.asserted.demands.iter().find(|(known, _)| known.0 == id).map(|(_, demands)| demands);
    assert_eq!(of("10.0.0.9:5432"), None);
    assert_eq!(of("ecr.dkr").unwrap().pull_ms, Some(60_000));
    let s3 = of("s3").unwrap();
    assert_eq!((s3.pull_ms, s3.exchange_ms, s3.issuers.len()), (None, Some(1_000), 1));
}

#[test]
fn what_the_plan_can_not_hold_is_named_with_its_place() {
    let table = [
        (
            "default: {route: gateway}",
            "line 1, column 1: ecr.api has no gateway endpoint, only S3 and DynamoDB have one",
        ),
        (
            "expect:\n  - services: [s3, logs]\n    route: gateway",
            "line 2, column 20: logs: logs has no gateway endpoint, only S3 and DynamoDB have one",
        ),
        (
            "expect:\n  - services: [ecr.apl]\n    route: private",
            "line 2, column 16: ecr.apl: no service of the catalog; near are ecr.api",
        ),
        (
            "groups: {a: [ecr.drk]}\nexpect:\n  - group: a\n    route: private",
            "line 1, column 14: ecr.drk: no service of the catalog; near are ecr.dkr",
        ),
        (
            "groups: {a: [secretmanager]}\nexpect:\n  - group: a\n    route: private",
            "line 1, column 14: secretmanager: no service of the catalog; near are secretsmanager",
        ),
        (
            "expect:\n  - services: [ecr-public]\n    route: private",
            "line 2, column 16: ecr-public: exists only in us-east-1, and the Region is ap-northeast-1",
        ),
    ];
    for (text, expected) in table {
        let refused = planned(text, &[]).unwrap_err();
        assert!(refused.starts_with(&format!("--expectations f, {expected}")), "{text}: {refused}");
    }
}

#[test]
fn a_pattern_that_fits_nothing_is_kept_for_the_report() {
    let plan = planned("expect:\n  - {hosts: ['*.corp.example', '*.amazonaws.com'], route: private}", &[]).unwrap();
    assert_eq!(plan.asserted.idle, ["*.corp.example"]);
}
