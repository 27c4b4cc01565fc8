//! Security groups and network ACLs.

use ipnet::IpNet;
use serde_json::{Value, json};

use super::{Account, VPC, id, tags};
use crate::config::Acl;
use crate::scenario::{AclRule, GroupRule, Ports, Protocol, Source};

impl Account<'_> {
    pub(super) fn security_groups(&self) -> Value {
        let groups = self.network.groups.iter().map(|group| {
            let own = id("sg", &group.name);
            json!({
                "GroupId": own,
                "IpPermissions": self.permissions(&group.ingress),
                "IpPermissionsEgress": self.permissions(&group.egress),
                "Tags": tags(&group.name),
                "VpcId": VPC,
                "SecurityGroupArn": self.arn(&format!("security-group/{own}")),
                "OwnerId": self.id(),
                "GroupName": group_name(&group.name),
                "Description": format!("the lab's {}", group.name)
            })
        });
        groups.collect()
    }

    /// Rules by protocol and ports, as the service groups them.
    fn permissions(&self, rules: &[GroupRule]) -> Value {
        let mut kinds: Vec<(Protocol, Option<Ports>)> = Vec::new();
        for rule in rules {
            if !kinds.contains(&(rule.protocol, rule.ports)) {
                kinds.push((rule.protocol, rule.ports));
            }
        }
        let permission = |(protocol, ports): (Protocol, Option<Ports>)| {
            let rules = rules.iter().filter(|rule| (rule.protocol, rule.ports) == (protocol, ports));
            let sources: Vec<&Source> = rules.map(|rule| &rule.source).collect();
            self.permission(protocol, ports, &sources)
        };
        kinds.into_iter().map(permission).collect()
    }

    fn permission(&self, protocol: Protocol, ports: Option<Ports>, sources: &[&Source]) -> Value {
        let (mut four, mut six, mut groups, mut lists) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for source in sources {
            match source {
                Source::Net(net @ IpNet::V4(_)) => four.push(json!({ "CidrIp": net })),
                Source::Net(net @ IpNet::V6(_)) => six.push(json!({ "CidrIpv6": net })),
                Source::Group(name) => groups.push(json!({ "UserId": self.id(), "GroupId": id("sg", name) })),
                Source::S3 => lists.extend(self.prefix_list_ids().into_iter().map(|id| json!({ "PrefixListId": id }))),
            }
        }
        let mut permission = json!({
            "IpProtocol": match protocol {
                Protocol::Any => "-1",
                Protocol::Tcp => "tcp",
                Protocol::Udp => "udp",
                Protocol::Icmp => "icmp",
            },
            "UserIdGroupPairs": groups,
            "IpRanges": four,
            "Ipv6Ranges": six,
            "PrefixListIds": lists
        });
        let (first, last) = match (protocol, ports) {
            (Protocol::Any, _) => return permission,
            (_, Some(Ports(first, last))) => (i32::from(first), i32::from(last)),
            (Protocol::Icmp, None) => (-1, -1),
            (_, None) => (0, 65535),
        };
        permission["FromPort"] = json!(first);
        permission["ToPort"] = json!(last);
        permission
    }

    pub(super) fn network_acls(&self) -> Value {
        self.network.acls.iter().map(|acl| self.network_acl(acl)).collect()
    }

    fn network_acl(&self, acl: &Acl) -> Value {
        let own = id("acl", acl.name);
        let subnets = self.network.subnets.iter().filter(|subnet| subnet.acl == acl.name);
        let subnets = subnets.map(|subnet| {
            json!({
                "NetworkAclAssociationId": id("aclassoc", &subnet.name),
                "NetworkAclId": own,
                "SubnetId": id("subnet", &subnet.name)
            })
        });
        let entries = [(true, &acl.outbound), (false, &acl.inbound)];
        let entries = entries.iter().flat_map(|(egress, rules)| {
            rules.iter().map(|rule| entry(*egress, rule)).chain(self.last_entries(*egress))
        });
        json!({
            "Associations": subnets.collect::<Vec<_>>(),
            "Entries": entries.collect::<Vec<_>>(),
            "IsDefault": acl.name == "default",
            "NetworkAclId": own,
            "Tags": tags(&format!("app-{}", acl.name)),
            "VpcId": VPC,
            "OwnerId": self.id()
        })
    }

    /// What every network ACL ends with: `*`, which denies.
    fn last_entries(&self, egress: bool) -> Vec<Value> {
        let last = |key: &str, net: &str, number: u16| json!({ key: net, "Egress": egress, "Protocol": "-1", "RuleAction": "deny", "RuleNumber": number });
        let six = self.network.ranges.iter().any(|net| matches!(net, IpNet::V6(_)));
        let six = six.then(|| last("Ipv6CidrBlock", "::/0", 32768));
        [last("CidrBlock", "0.0.0.0/0", 32767)].into_iter().chain(six).collect()
    }
}

/// The VPC's own group has a name that no other may have.
fn group_name(name: &str) -> String {
    if name == "default" { name.to_owned() } else { format!("app-{name}") }
}

fn entry(egress: bool, rule: &AclRule) -> Value {
    let key = if matches!(rule.net, IpNet::V4(_)) { "CidrBlock" } else { "Ipv6CidrBlock" };
    let mut entry = json!({
        key: rule.net,
        "Egress": egress,
        "Protocol": match (rule.protocol, rule.net) {
            (Protocol::Any, _) => "-1",
            (Protocol::Tcp, _) => "6",
            (Protocol::Udp, _) => "17",
            (Protocol::Icmp, IpNet::V4(_)) => "1",
            (Protocol::Icmp, IpNet::V6(_)) => "58",
        },
        "RuleAction": if rule.allow { "allow" } else { "deny" },
        "RuleNumber": rule.number
    });
    match rule.protocol {
        Protocol::Any => {}
        Protocol::Icmp => entry["IcmpTypeCode"] = json!({ "Code": -1, "Type": -1 }),
        Protocol::Tcp | Protocol::Udp => {
            let Ports(first, last) = rule.ports.unwrap_or(Ports(0, 65535));
            entry["PortRange"] = json!({ "From": first, "To": last });
        }
    }
    entry
}
