//! `path-mtu`: segments of full size get lost, small ones pass, and nobody says "fragmentation needed" to the sender.

use super::tried;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, words};
use crate::observation::Change;

/// The way that loses long segments.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lost {
    /// The ClientHello: a short one passes.
    FromTask,
    /// The certificate: a short ClientHello gets no answer either.
    ToTask,
}

/// Take every silent handshake that small segments heal, a finding a direction.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = tried::take(ledger, |trouble, peer| {
        // A whole certificate under another name came in long segments, so it is the name.
        tried::ending(trouble) == Some(tried::Ending::Silent)
            && tried::answered(peer, &[Change::SmallSegments])
            && !tried::full_size_passes(peer)
    });
    let (from_task, to_task): (Vec<_>, Vec<_>) = taken.into_iter().partition(|trouble| lost(trouble) == Lost::FromTask);
    [(Lost::FromTask, from_task), (Lost::ToTask, to_task)]
        .into_iter()
        .filter(|(_, taken)| !taken.is_empty())
        .map(|(lost, taken)| finding(case, lost, &taken))
        .collect()
}

/// Told by another address of the check where this one was not varied.
fn lost(trouble: &Trouble<'_>) -> Lost {
    let mut peers = trouble.peer().into_iter().chain(&trouble.view.peers).filter(|peer| tried::is_varied(peer));
    let passes = peers.next().is_some_and(|peer| tried::answered(peer, &[Change::ShortHello]));
    if passes { Lost::FromTask } else { Lost::ToTask }
}

fn finding<'c>(case: &'c Case<'c>, lost: Lost, taken: &[Trouble<'c>]) -> Finding {
    let (way, short) = match lost {
        Lost::FromTask => ("from the task to the endpoint", "a short ClientHello passes, so the long one is lost"),
        Lost::ToTask => (
            "from the endpoint to the task",
            "a short ClientHello hangs as well, so what is lost is the server's certificate",
        ),
    };
    Draft::new(FindingId::PathMtu, case, taken)
        .shown_by(tried::variations(taken))
        .summary(format!(
            "The TLS handshake with {} for {} gets no answer in {}, and is answered on the same address in segments of \
             at most 536 bytes; {short}.",
            words::peers(taken),
            words::hosts(taken),
            words::took(taken)
        ))
        .meaning(format!(
            "Packets of full size are lost on the way {way}, and the notice of it (ICMP \"fragmentation needed\") does \
             not reach the sender: a hop with a smaller MTU (VPN, tunnel, transit gateway, inspecting appliance) on a \
             path that filters ICMP."
        ))
        .fixes(fixes(case, lost))
        .finding()
}

fn fixes(case: &Case<'_>, lost: Lost) -> [Fix; 3] {
    let (whose, group) = match lost {
        Lost::FromTask => ("task's", "$TSG"),
        Lost::ToTask => ("endpoint's", "$EPSG"),
    };
    [
        Fix {
            action: "clamp TCP's segment size on the appliance or tunnel that the path crosses (a Linux one by this, \
                     others by a setting of that name)"
                .to_owned(),
            command: Some(
                "iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu".to_owned(),
            ),
        },
        aws::command(
            format!("let ICMP \"fragmentation needed\" reach the sender: into the {whose} security group"),
            aws::home(case.plan),
            format!(
                "ec2 authorize-security-group-ingress --group-id {group} --ip-permissions \
                 'IpProtocol=icmp,FromPort=3,ToPort=4,IpRanges=[{{CidrIp=0.0.0.0/0}}]'"
            ),
        ),
        aws::command(
            "and through the network ACLs on the path",
            aws::home(case.plan),
            "ec2 create-network-acl-entry --network-acl-id $ACL --ingress --rule-number 90 --protocol icmp \
             --icmp-type-code Type=3,Code=4 --cidr-block 0.0.0.0/0 --rule-action allow",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    const TO_TASK: &str = "ecr.dkr dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+small=ok
                           10.0.1.5+other=tls-silent 10.0.1.5+noname=tls-silent 10.0.1.5+short+small=ok";

    fn one_line(scene: &str) -> String {
        scene.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn long_segments_are_told_from_a_name_or_a_long_hello() {
        assert_scenes(&[
            ("the certificate is lost", &one_line(TO_TASK), "error path-mtu ecr.dkr"),
            (
                "the long hello is lost",
                "ecr.dkr dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=ok 10.0.1.5+small=ok 10.0.1.5+other=tls-silent",
                "error path-mtu ecr.dkr",
            ),
            (
                "another name is answered by a short alert, which passes",
                "ecr.dkr dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+small=ok \
                 10.0.1.5+other=tls-unnamed",
                "error path-mtu ecr.dkr",
            ),
            (
                "two endpoints behind one path",
                "ecr.dkr dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+small=ok
                 logs dns=10.0.1.6 10.0.1.6=tls-silent 10.0.1.6+short=tls-silent 10.0.1.6+small=ok",
                "error path-mtu ecr.dkr logs",
            ),
            (
                "a second address that was not varied",
                "ecr.dkr dns=10.0.1.5,10.0.2.5 10.0.1.5=tls-silent 10.0.1.5+small=ok 10.0.2.5=tls-silent",
                "error path-mtu ecr.dkr",
            ),
            (
                "a filter that can't put a split name together: full size passes under another name",
                "ecr.dkr dns=10.0.1.5 10.0.1.5=tls-silent 10.0.1.5+short=tls-silent 10.0.1.5+small=ok 10.0.1.5+other=ok",
                "error tls-name-filtered ecr.dkr",
            ),
        ]);
    }

    #[test]
    fn the_direction_is_said() {
        let told = judge(&one_line(TO_TASK)).findings.remove(0);
        assert!(told.meaning.contains("from the endpoint to the task"), "{}", told.meaning);
        assert!(told.evidence.len() > 6, "the variations are evidence");
        let short = one_line(TO_TASK).replace("+short=tls-silent", "+short=ok");
        let told = judge(&short).findings.remove(0);
        assert!(told.meaning.contains("from the task to the endpoint"), "{}", told.meaning);
    }
}
