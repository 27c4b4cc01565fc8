//! A table a comparison: a scene, what is said of it, and whom it is about.

use crate::diagnosis::Finding;
use crate::diagnosis::testing::{Scene, assert_scenes, judge};

/// `logs 10.0.1.6` for each observation in the evidence that is of no check of the finding.
fn others(scene: &str, finding: &Finding) -> Vec<String> {
    let scene = Scene::read(scene);
    let shown = scene.observations.iter().filter(|seen| finding.evidence.contains(&seen.id));
    let others = shown.filter(|seen| !finding.checks.contains(&seen.check));
    others
        .map(|seen| format!("{} {}", seen.check, seen.peer.map_or(String::new(), |peer| peer.ip().to_string())))
        .collect()
}

#[track_caller]
fn assert_compared(table: &[(&str, &str, &str, &[&str])]) {
    for (about, scene, expected, with) in table {
        let found = judge(scene).findings.remove(0);
        let compared = found.compared.as_deref().unwrap_or_default();
        assert!(compared.to_lowercase().contains(&expected.to_lowercase()), "{about}: {compared}");
        assert_eq!(others(scene, &found), *with, "{about}");
    }
}

#[test]
fn what_lies_in_the_own_subnet_is_set_apart() {
    assert_compared(&[
        (
            "silent in it",
            "ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent\nlogs dns=10.0.1.6,10.0.2.6",
            "where no network ACL stands between, 10.0.1.5:443 is silent: it is not a network ACL.",
            &[],
        ),
        (
            "silent in it and beyond",
            "ecr.api dns=10.0.1.5,10.0.2.5 10.0.1.5=silent 10.0.2.5=silent\nlogs dns=10.0.1.6",
            "10.0.1.5:443 is silent: it is not a network ACL alone.",
            &["logs 10.0.1.6"],
        ),
        (
            "open in it alone, of one endpoint",
            "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent\nlogs dns=10.0.1.6",
            "in the task's own subnet 10.0.1.5:443 and 10.0.1.6:443 connect, and beyond it no address",
            &["logs 10.0.1.6"],
        ),
        (
            "open beyond it as well",
            "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent\nlogs dns=10.0.1.6,10.0.2.6",
            "beyond the task's own subnet 10.0.2.6:443 connects too",
            &["logs 10.0.2.6"],
        ),
        (
            "nothing in it",
            "ecr.api dns=10.0.2.5 10.0.2.5=silent\nlogs dns=10.0.2.6 10.0.2.6=silent",
            "no address in the task's own subnet was there to compare",
            &[],
        ),
    ]);
}

#[test]
fn endpoints_are_compared_with_each_other() {
    assert_compared(&[
        (
            "one of several",
            "ecr.api dns=10.0.1.5 10.0.1.5=silent\nlogs dns=10.0.1.6\nkms dns=10.0.1.7",
            "on the same port the task connects to logs.ap-northeast-1.amazonaws.com and kms",
            &["logs 10.0.1.6", "kms 10.0.1.7"],
        ),
        (
            "another port",
            "fs.example.com:2049 tcp dns=10.0.1.5 10.0.1.5=silent\nlogs dns=10.0.1.6",
            "on port 443 the task connects to logs.ap-northeast-1.amazonaws.com, and this is port 2049",
            &["logs 10.0.1.6"],
        ),
        (
            "all, beside a way out",
            "ecr.api dns=10.0.1.5 10.0.1.5=silent\nlogs dns=10.0.1.6 10.0.1.6=silent\ncontrol dns=18.9.9.9",
            "the group that the endpoints share is the likelier one",
            &["control:checkip 18.9.9.9"],
        ),
        (
            "all, beside S3",
            "ecr.api dns=10.0.1.5 10.0.1.5=silent\nlogs dns=10.0.1.6 10.0.1.6=silent\ns3 dns=52.219.1.1",
            "the task is not shut in",
            &["s3 52.219.1.1"],
        ),
        (
            "all, and everything else",
            "ecr.api dns=10.0.1.5 10.0.1.5=silent\nlogs dns=10.0.1.6 10.0.1.6=silent
             s3 dns=52.219.1.1 52.219.1.1=silent\ncontrol dns=18.9.9.9 18.9.9.9=silent",
            "what is the task's own, its group's egress first",
            &["control:checkip 18.9.9.9"],
        ),
    ]);
}

#[test]
fn names_and_control_targets_are_compared_with_each_other() {
    let s3 = "s3 dns=52.219.1.1 52.219.1.1=silent\ncontrol dns=18.9.9.9";
    assert_compared(&[
        (
            "S3 of this Region alone",
            &format!("{s3}\ncontrol-s3 dns=52.1.1.1"),
            "S3 of this one is singled out",
            &["control:checkip 18.9.9.9", "control:s3 52.1.1.1"],
        ),
        (
            "S3 of another one as well",
            &format!("{s3}\ncontrol-s3 dns=52.1.1.1 52.1.1.1=silent"),
            "S3 as a whole is left out",
            &["control:checkip 18.9.9.9", "control:s3 52.1.1.1"],
        ),
        (
            "everything that is public",
            &format!("{s3} 18.9.9.9=silent\nlogs dns=10.0.1.6"),
            "no public host connects (checkip.amazonaws.com)",
            &["control:checkip 18.9.9.9", "logs 10.0.1.6"],
        ),
        (
            "one name of several",
            "ecr.api dns=18.1.1.1 18.1.1.1=silent\nlogs dns=18.1.1.2\ncontrol dns=18.9.9.9",
            "it is single ones that are left out",
            &["logs 18.1.1.2", "control:checkip 18.9.9.9"],
        ),
        (
            "no endpoint for one",
            "ecr.api dns=18.1.1.1 18.1.1.1=silent\nlogs dns=10.0.1.6\ncontrol dns=18.9.9.9 18.9.9.9=silent",
            "for logs.ap-northeast-1.amazonaws.com the same resolver gives private addresses",
            &["logs "],
        ),
        (
            "a handshake among others",
            "ecr.api dns=10.0.1.5 10.0.1.5=tls-silent\nlogs dns=10.0.1.6",
            "with logs.ap-northeast-1.amazonaws.com the same task finishes handshakes",
            &["logs 10.0.1.6"],
        ),
        ("resolvers", "ecr.api cfg=10.0.1.5 vpc=silent", "are answered by 10.0.0.2:53: it is this resolver", &[]),
    ]);
}

#[test]
fn what_ends_at_the_subnets_edge_is_one_cause() {
    let zone = "ecr.api dns=10.0.1.5,10.0.2.5 10.0.2.5=silent\nlogs dns=10.0.1.6,10.0.2.6 10.0.2.6=silent";
    let shut = "control dns=18.9.9.9 18.9.9.9=silent";
    assert_scenes(&[
        (
            "S3 beyond it, too, and an endpoint without an address in it",
            &format!("{zone}\nkms dns=10.0.2.7 10.0.2.7=silent\ns3 dns=52.219.1.1 52.219.1.1=silent\n{shut}"),
            "error endpoint-address-silent ecr.api logs kms s3",
        ),
        (
            "S3 goes by its gateway",
            &format!("{zone}\ns3 dns=52.219.1.1\n{shut}"),
            "error endpoint-address-silent ecr.api logs",
        ),
        (
            "an endpoint that is silent in it as well has a group of its own",
            &format!("{zone}\nkms dns=10.0.1.7,10.0.2.7 10.0.1.7=silent 10.0.2.7=silent"),
            "error endpoint-address-silent ecr.api logs kms\nerror endpoint-silent kms",
        ),
        (
            "something beyond it connects: two causes",
            &format!("{zone}\nkms dns=10.0.3.7\ns3 dns=52.219.1.1 52.219.1.1=silent\n{shut}"),
            "error endpoint-address-silent ecr.api logs\nerror layers-unreachable s3",
        ),
        (
            "a name without an endpoint has its own cause",
            &format!("{zone}\nkms dns=18.1.1.1 18.1.1.1=silent\n{shut}"),
            "error endpoint-address-silent ecr.api logs\nerror endpoint-not-in-effect kms",
        ),
        (
            "the subnet of a family that is not known",
            "place ipv6=2600:1f14:0:aa00::9
             ecr.api dns=10.0.1.5,2600:1f14:0:aa00::5 2600:1f14:0:aa00::5=silent
             s3 dns=52.219.1.1 52.219.1.1=silent",
            "error endpoint-address-silent ecr.api\nerror layers-unreachable s3",
        ),
    ]);
    let found = judge(&format!("{zone}\n{shut}")).findings.remove(0);
    assert!(found.fix[0].action.contains("network ACLs"), "{:?}", found.fix);
}
