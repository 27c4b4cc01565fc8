//! What each finding means, in words that need no report beside them.

use serde::Serialize;

use super::fixes::{Site, of_finding};
use crate::diagnosis::{FindingId, Fix};

/// What a finding means.
#[derive(Debug, Serialize)]
pub struct FindingMeaning {
    /// The finding.
    pub id: &'static str,
    /// What was seen, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'static str>,
    /// The likely cause, in one line.
    pub line: &'static str,
    /// What else there is to know.
    pub meaning: &'static str,
    /// The last digit of the exit code; none where the rung of the evidence gives it, or where the run does not fail by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_digit: Option<u8>,
    /// The exit codes that it can give.
    pub exit_codes: Vec<u8>,
    /// What to do.
    pub fix: Vec<Fix>,
    /// The run that shows it.
    pub settle: &'static str,
}

/// A finding's row: what `explain` knows of it.
pub(super) struct Row {
    pub(super) id: &'static str,
    /// The last digit of the exit code.
    pub(super) ones: u8,
    /// The first digits that it can have; empty for any.
    pub(super) tens: &'static [u8],
    /// The likely cause.
    pub(super) line: &'static str,
    /// What else there is to know.
    pub(super) meaning: &'static str,
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    Row { id: "vpc-resolver-silent", ones: 1, tens: &[], line: "The VPC's own resolver does not answer: DNS support is off for the VPC, or more than 1,024 packets a second go to it.", meaning: "No security group and no network ACL can block 169.254.169.253 or the VPC's base address plus two. Nothing that goes by a name works." },
    Row { id: "custom-resolver-silent", ones: 1, tens: &[], line: "The resolver that the VPC's DHCP options name does not answer; the VPC's own would.", meaning: "Port 53 over UDP and TCP is closed on the way, the route to it is missing, or the server is down." },
    Row { id: "custom-resolver-bypasses-private-dns", ones: 1, tens: &[], line: "Your own DNS server does not forward AWS's names to the VPC's resolver, so the endpoints' private addresses are never seen.", meaning: "The endpoints may be fine: only the VPC's resolver knows their private names. The task goes to public addresses instead." },
    Row { id: "resolvers-disagree", ones: 1, tens: &[], line: "Two resolvers of the task answer differently, and which one is asked is chance.", meaning: "One of them holds a static or old record. Starts fail now and then." },
    Row { id: "name-not-found", ones: 1, tens: &[], line: "The name does not exist for the one who was asked: a private hosted zone hides the public name without having the record, or DNS Firewall blocks it.", meaning: "A private zone answers for its whole subtree: nothing falls through to public DNS. The usual gap is the wildcard *.dkr.ecr beside the zone's own name. A wrong Region in the name looks the same." },
    Row { id: "name-without-address", ones: 1, tens: &[], line: "The name exists without an address: a private hosted zone lacks the address record, or DNS Firewall answers with nothing.", meaning: "The answer is NOERROR and empty." },
    Row { id: "resolver-failure", ones: 1, tens: &[], line: "The resolver answers that it failed (SERVFAIL or REFUSED): usually a Resolver rule forwards AWS's names to a server that can't be reached.", meaning: "A rule for `amazonaws.com` or for everything beats the endpoints' private names." },
    Row { id: "endpoint-not-in-effect", ones: 3, tens: &[], line: "The name leads to public addresses and nothing leads there: the interface endpoint is missing, or its private DNS or the VPC's DNS hostnames are off.", meaning: "From inside, a missing endpoint and one without private DNS look the same. A subnet that is to have internet access lacks its route to a NAT gateway instead." },
    Row { id: "public-route", ones: 2, tens: &[], line: "It works, but over a NAT or internet gateway and not through a VPC endpoint.", meaning: "That is information, and a failure only where the run was told to expect a private route (--expect private)." },
    Row { id: "unexpected-route", ones: 2, tens: &[], line: "The traffic takes another route than the run was told to expect.", meaning: "Blocked was expected and it connects, or public and it is private; or its addresses, or the issuer of its certificate, are not those that a file of expectations allows." },
    Row { id: "route-undetermined", ones: 0, tens: &[], line: "Whether S3 is reached through its gateway endpoint can't be seen from inside while there is another way out.", meaning: "A warning. The route table, CloudTrail's vpcEndpointId and flow logs (traffic-path) say it." },
    Row { id: "layers-unreachable", ones: 3, tens: &[1, 5], line: "S3 does not answer: the gateway endpoint is missing, the subnet's route table is not associated with it, or the task's security group does not let S3's prefix list out.", meaning: "S3's names are public even with a gateway endpoint, so a public address is no sign of a fault. The registry worked: only the layers come from S3. From inside the three causes look the same." },
    Row { id: "layers-in-another-region", ones: 3, tens: &[5], line: "The image lies in another Region: the VPC's endpoints serve their own Region only, and there is no way out.", meaning: "The layers come from the bucket of the image's Region." },
    Row { id: "public-registry-unreachable", ones: 3, tens: &[4, 5], line: "The image comes from a registry that no VPC endpoint serves (ECR Public, Docker Hub, …), and the subnet has no way out.", meaning: "The endpoints ecr.api and ecr.dkr serve private repositories of ECR only." },
    Row { id: "egress-filtered", ones: 3, tens: &[], line: "There is a way out, but a firewall or a security group lets only some addresses or names through.", meaning: "Another public host connects while this one stays silent." },
    Row { id: "no-way-out", ones: 3, tens: &[], line: "The subnet has no working route to the internet: none, a dead NAT gateway, or an internet gateway without a public address for the task.", meaning: "From inside these all look the same: silence." },
    Row { id: "endpoint-silent", ones: 3, tens: &[], line: "The endpoint's address does not answer: usually its security group does not let the task in (it is the VPC's default group where none was chosen).", meaning: "The name leads to a private address, so endpoint and private DNS are in effect; another endpoint connects, so the task's way to endpoints is open." },
    Row { id: "all-endpoints-silent", ones: 3, tens: &[], line: "No private endpoint answers: the group that the endpoints share, the task's own egress, or a network ACL.", meaning: "From inside these look the same; Reachability Analyzer tells them apart." },
    Row { id: "endpoint-address-silent", ones: 3, tens: &[], line: "Some addresses of the endpoint answer and others do not: one zone's network ACL, route, or the zone itself.", meaning: "All addresses of an endpoint share one security group, so it is not the group. Starts are slow or fail by chance." },
    Row { id: "connection-refused", ones: 3, tens: &[], line: "The connection was refused. AWS's endpoints never refuse: whatever has this address is none, or a firewall rejects.", meaning: "A stale DNS record that points at an address now used by something else, or a rule that rejects." },
    Row { id: "no-local-route", ones: 3, tens: &[], line: "The task itself has no route for this address family, which shows at once.", meaning: "A VPC's own routing faults are silent; this is the task without IPv6 (or without IPv4) trying it." },
    Row { id: "path-mtu", ones: 4, tens: &[], line: "Large packets are lost on the way (path MTU), small ones pass.", meaning: "A NAT, transit gateway, firewall or VPN on the way; not a direct way to an interface endpoint." },
    Row { id: "tls-silent", ones: 4, tens: &[], line: "TCP connects and the TLS ClientHello gets no answer: a firewall or inspecting appliance on the way, or a return path that differs.", meaning: "The run varies name, length and segment size, and says which of them helps." },
    Row { id: "tls-large-hello-dropped", ones: 4, tens: &[], line: "A device on the way drops the long (post-quantum) ClientHello; the short one passes.", meaning: "The platform's own client sends a long one, too." },
    Row { id: "tls-name-filtered", ones: 4, tens: &[], line: "A firewall lets only some server names through, and this one is not on its list.", meaning: "The same address answers with another name." },
    Row { id: "tls-reset", ones: 4, tens: &[], line: "The connection is reset or closed within the TLS handshake: a firewall that rejects, or an appliance that gives up.", meaning: "It happens whatever the server name." },
    Row { id: "tls-refused", ones: 4, tens: &[], line: "The other side refuses the TLS handshake with an alert: versions or ciphers do not fit, usually with a device in between.", meaning: "AWS's own endpoints take TLS 1.2 and 1.3." },
    Row { id: "tls-intercepted", ones: 4, tens: &[], line: "The certificate does not come from a public CA: a proxy or firewall opens TLS on the way, or the registry has a CA of its own.", meaning: "Fargate's own pull can't be given another CA, so the names must be taken out of the inspection." },
    Row { id: "tls-wrong-name", ones: 4, tens: &[], line: "The certificate is genuine and for other names: DNS leads to another service.", meaning: "A private zone's alias points at the wrong endpoint, or at an address that was used again. The names in the certificate say whose it is." },
    Row { id: "tls-expired", ones: 4, tens: &[], line: "The server's certificate is expired or not yet valid, and the clock is right.", meaning: "Usual with a registry of one's own; AWS's do not expire." },
    Row { id: "unexpected-answer", ones: 5, tens: &[], line: "Something answered that is not AWS: a proxy, a captive page, a firewall's own page.", meaning: "HTML, a 407, or success where AWS refuses." },
    Row { id: "service-error", ones: 5, tens: &[], line: "The service itself answers with an error (5xx).", meaning: "Often over with the next attempt; AWS Health says whether it is an event." },
    Row { id: "throttled", ones: 5, tens: &[], line: "Too many requests: Docker Hub's limit (all tasks behind one NAT address count together), or AWS throttles.", meaning: "The network path works." },
    Row { id: "credentials-missing", ones: 6, tens: &[], line: "There are no credentials where they are needed.", meaning: "For the run: no task role, so signed checks are left out (a warning). For a private registry other than ECR: the task definition has no repositoryCredentials." },
    Row { id: "credentials-rejected", ones: 6, tens: &[], line: "The credentials or the registry token are refused: expired, of another Region, or none was fetched.", meaning: "A registry token holds for 12 hours and for one Region. ECR answers an expired one with 403." },
    Row { id: "identity-policy-denies", ones: 6, tens: &[], line: "The policies of the role do not allow the action.", meaning: "The network works. The platform uses the execution role, an application the task role: mind which one the text names." },
    Row { id: "endpoint-policy-denies", ones: 6, tens: &[], line: "The policy of the VPC endpoint does not allow the action: the same role works over a NAT gateway or in another Region.", meaning: "The network works. One policy without an Allow denies everything that goes through the endpoint." },
    Row { id: "resource-policy-denies", ones: 6, tens: &[], line: "The policy of the resource itself (repository, secret, key) does not allow it; across accounts both sides must.", meaning: "The network works." },
    Row { id: "other-policy-denies", ones: 6, tens: &[], line: "A service control policy, resource control policy, permissions boundary or session policy denies it.", meaning: "The network works. AWS names one kind of policy even where several deny." },
    Row { id: "access-denied", ones: 6, tens: &[], line: "AWS answered and denied it, and does not say by which policy.", meaning: "The network works. A condition on aws:SourceVpce turns a wrong route into a denial, so mind the route that the call took." },
    Row { id: "layers-denied", ones: 6, tens: &[5], line: "S3 refuses the layers: the policy of the S3 endpoint does not allow s3:GetObject on ECR's layer bucket to everybody.", meaning: "The layers' URLs are signed by a role of AWS's own (storage-access-role-prod-…), so a condition on your account or organization breaks every pull." },
    Row { id: "clock-skew", ones: 6, tens: &[], line: "The local clock is off by minutes, so signatures and certificates are refused.", meaning: "It shows in the Date of several answers." },
    Row { id: "repository-not-found", ones: 7, tens: &[4], line: "The repository does not exist in that account and Region, or may not be seen.", meaning: "The registry answered: the network works." },
    Row { id: "image-not-found", ones: 7, tens: &[4], line: "The repository has no image with that tag or digest.", meaning: "The registry answered: the network works. A digest that ECS pinned for a service may have been deleted since." },
    Row { id: "platform-missing", ones: 7, tens: &[4], line: "The image has no variant for the task's CPU architecture and operating system.", meaning: "The registry answered: token and manifest worked. Images built on an ARM machine are the usual case." },
    Row { id: "log-group-not-found", ones: 7, tens: &[3], line: "The log group does not exist in that Region.", meaning: "CloudWatch Logs answered: the network works." },
    Row { id: "secret-not-found", ones: 7, tens: &[1], line: "The secret, parameter or environment file does not exist under that name in that Region (or lacks the JSON key).", meaning: "The service answered: the network works." },
    Row { id: "layer-corrupt", ones: 8, tens: &[5], line: "A layer's bytes are not those that its digest promises.", meaning: "Something on the way changed or cut them." },
    Row { id: "transfer-stalled", ones: 8, tens: &[5], line: "The layer's bytes stop coming in the middle.", meaning: "A path that passes small answers and loses long transfers: MTU, an appliance, a NAT at its limit." },
    Row { id: "slow-path", ones: 9, tens: &[], line: "Everything works, and too slowly.", meaning: "A warning, and a failure only where the pull would take longer than --max-pull-time, or anything longer than a file of expectations allows." },
    Row { id: "proxy-set", ones: 0, tens: &[], line: "Proxy variables are set; the platform's pull does not use them.", meaning: "Information: an application may work where the pull fails." },
    Row { id: "redundant-route", ones: 0, tens: &[], line: "Endpoints are in effect and there is a way out as well.", meaning: "Information: for these services the NAT gateway is not needed." },
    Row { id: "configuration-and-network-disagree", ones: 0, tens: &[], line: "The VPC's configuration lets it through, and the packets do not get there: something that neither the probe nor the operator's view shows.", meaning: "A warning beside the error, where the operator's view of the VPC was given (--network). What is left: a firewall appliance or Network Firewall on the way, the other end of a transit gateway or peering, whoever owns the endpoint, a fault of the zone, the host's own firewall, a range that another VPC has as well, or a change since the view was collected." },
    Row { id: "unproved", ones: 0, tens: &[], line: "Something was left unproved: by --read-only, for want of credentials, because a look-up was denied, or because an expectation could not be checked.", meaning: "Information, and a warning where it is an expectation: it is no fault of the network." },
    Row { id: "unexplained", ones: 0, tens: &[], line: "A fault that no rule explains; the report shows everything that was seen.", meaning: "The last digit of the exit code is that of the rung that failed." },
];

/// A finding's row.
pub(super) fn row(id: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.id == id)
}

/// The finding that the words are the id of: in small letters, its words joined by whatever people join them with.
pub(super) fn asked(words: &str) -> Option<FindingMeaning> {
    let id = words.to_ascii_lowercase().split([' ', '_', '-']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-");
    row(id.trim_matches(['`', '"', '\'', '.', ':'])).map(explain)
}

fn explain(row: &'static Row) -> FindingMeaning {
    let known = FindingId::ALL.iter().find(|id| id.to_string() == row.id);
    FindingMeaning {
        id: row.id,
        title: known.map(|id| id.title()),
        line: row.line,
        meaning: row.meaning,
        exit_digit: (row.ones > 0).then_some(row.ones),
        exit_codes: exit_codes(row),
        fix: of_finding(row.id, &Site::unknown()),
        // What is denied, missing or damaged is seen by the replay alone.
        settle: if matches!(row.ones, 6..=8) {
            "vpcprobe run --task-definition task-definition.json --format text"
        } else {
            "vpcprobe run --region $REGION --format text"
        },
    }
}

fn exit_codes(row: &Row) -> Vec<u8> {
    let any: &[u8] = &[1, 2, 3, 4, 5, 6];
    let tens = if row.tens.is_empty() { any } else { row.tens };
    if row.ones == 0 { Vec::new() } else { tens.iter().map(|tens| tens * 10 + row.ones).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Findings that this issue and later ones add.
    #[test]
    fn every_finding_is_explained_and_nothing_else() {
        for id in FindingId::ALL {
            let found = row(&id.to_string()).unwrap_or_else(|| panic!("{id} has no row in explain"));
            assert_eq!(found.ones, id.ones(), "{id}");
        }
        for row in ROWS {
            let known = FindingId::ALL.iter().any(|id| id.to_string() == row.id);
            assert!(known, "{} is no finding", row.id);
            assert!(row.line.ends_with('.') && row.meaning.ends_with('.'), "{}", row.id);
        }
    }

    #[test]
    fn an_id_is_known_however_its_words_are_joined() {
        for words in ["endpoint-silent", "ENDPOINT_SILENT", "endpoint silent", "`endpoint-silent`"] {
            assert_eq!(asked(words).unwrap().id, "endpoint-silent", "{words}");
        }
        assert!(asked("endpoint").is_none());
    }

    #[test]
    fn the_exit_codes_are_those_of_the_steps_it_can_hit() {
        let table: &[(&str, &[u8])] = &[
            ("endpoint-silent", &[13, 23, 33, 43, 53, 63]),
            ("layers-denied", &[56]),
            ("log-group-not-found", &[37]),
            ("proxy-set", &[]),
        ];
        for (id, expected) in table {
            assert_eq!(asked(id).unwrap().exit_codes, *expected, "{id}");
        }
    }
}
