//! Who answers a name in the VPC: its attributes, the DHCP options, Resolver rules, private hosted zones, DNS Firewall.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::model::{Forward, Record, Records, Zone};
use super::remedy::step;
use super::{Block, Culprit, CulpritKind, Stand, Vpc};

/// What the configuration does with a name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NameView {
    /// Everything that keeps Amazon's own answer from the task, most general first. Not each of them is a fault: a server
    /// that is not Amazon's, or a rule that sends the question to it, is one only where its answer is wrong.
    pub blocks: Vec<Block>,
    /// What could not be evaluated, in words.
    pub unknown: Vec<String>,
}

impl Stand<'_> {
    /// Who answers a name for the task, and what of that changes the answer.
    pub fn name(&self, name: &str) -> NameView {
        let mut view = NameView::default();
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        view.blocks.extend(self.vpc.attribute_block());
        self.servers(&mut view);
        match (self.vpc.rule_for(&name, &mut view), self.vpc.zone_for(&name, &mut view)) {
            (Some(rule), zone) if zone.is_none_or(|zone| zone.name.len() <= rule.domain.len()) => {
                view.blocks.extend(self.vpc.forwarded(rule));
            }
            (_, Some(zone)) => self.vpc.shadowed(zone, &name, &mut view),
            _ => {}
        }
        self.firewalls(&mut view);
        view
    }

    /// A private hosted zone's record that leads a name to an address of this VPC which no endpoint of it has.
    pub fn stale_record(&self, name: &str, address: IpAddr) -> Option<Block> {
        let vpc = self.vpc;
        let is_endpoints = vpc.interface(address).is_some() || vpc.sections.interfaces.is_none();
        if is_endpoints || !vpc.holds(address) {
            return None;
        }
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let zone = vpc.zone_for(&name, &mut NameView::default())?;
        let records = vpc.sections.dns.records.iter().flatten().find(|records| records.zone == zone.id)?;
        let set = answering(records, &name, &zone.name).into_iter().find(|set| set.addresses.contains(&address))?;
        let (Zone { id, name: apex }, Record { name: owner, kind, .. }) = (zone, set);
        let detail = format!(
            "the {kind} record {owner} of the private hosted zone {id} ({apex}) points at {address}, which is no address of an \
             endpoint of {}",
            vpc.id
        );
        let remedy = vec![
            step(&format!("make {owner} an alias of the endpoint's own DNS name in place of fixed addresses")),
            vpc.command("see what the zone holds", &format!("route53 list-resource-record-sets --hosted-zone-id {id}")),
        ];
        Some(Culprit::new(CulpritKind::PrivateHostedZone, id, detail).mended_by(remedy))
    }

    /// The servers that DHCP gives to tasks, where they are not Amazon's.
    fn servers(&self, view: &mut NameView) {
        let vpc = self.vpc;
        let Some(options) = &vpc.sections.dns.options else {
            return view.unknown.push(vpc.unseen("dhcp_options"));
        };
        for options in options {
            let others: Vec<&str> =
                options.servers.iter().map(String::as_str).filter(|one| !vpc.is_amazons(one)).collect();
            if others.is_empty() {
                continue;
            }
            let (id, vpc_id) = (&options.id, &vpc.id);
            let detail = format!(
                "the DHCP options {id} of {vpc_id} give tasks {} in place of AmazonProvidedDNS",
                others.join(", ")
            );
            let create =
                "ec2 create-dhcp-options --dhcp-configurations Key=domain-name-servers,Values=AmazonProvidedDNS";
            let remedy = vec![
                step("let these servers forward the names of AWS to the VPC's resolver"),
                vpc.command("or make options with Amazon's own resolver (only new tasks pick it up)", create),
                vpc.command(
                    "and give them to the VPC",
                    &format!("ec2 associate-dhcp-options --vpc-id {vpc_id} --dhcp-options-id $DHCP"),
                ),
            ];
            view.blocks.push(Culprit::new(CulpritKind::DhcpOptions, id, detail).mended_by(remedy));
        }
    }

    /// What DNS Firewall blocks stands in lists that the view does not hold.
    fn firewalls(&self, view: &mut NameView) {
        match &self.vpc.sections.dns.firewalls {
            None => view.unknown.push(self.vpc.unseen("firewall_rule_group_associations")),
            Some(groups) => {
                let said = groups.iter().take(5);
                view.unknown.extend(
                    said.map(|id| {
                        format!("DNS Firewall's rule group {id} applies, whose lists this view does not hold")
                    }),
                );
            }
        }
    }
}

/// Whether a name is a domain, or is under it; the empty domain has all names.
fn is_under(name: &str, domain: &str) -> bool {
    domain.is_empty() || name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Vpc {
    /// Amazon's resolver by its name, by an address that it has in every VPC, or by that in this one: two above the start
    /// of its range.
    fn is_amazons(&self, server: &str) -> bool {
        let second = |range: &IpNet| match range.network() {
            IpAddr::V4(v4) => u32::from(v4).checked_add(2).map(|number| Ipv4Addr::from(number).to_string()),
            IpAddr::V6(_) => None,
        };
        let own = || self.sections.ranges.iter().any(|range| second(range).as_deref() == Some(server));
        matches!(server, "AmazonProvidedDNS" | "169.254.169.253" | "fd00:ec2::253") || own()
    }

    /// An attribute that is off, in one sentence for all names and endpoints.
    pub(super) fn attribute_block(&self) -> Option<Block> {
        let attributes = self.sections.attributes;
        let id = &self.id;
        let (word, flag, effect) = if attributes.support == Some(false) {
            ("enableDnsSupport", "enable-dns-support", "the VPC's resolver answers nothing")
        } else if attributes.hostnames == Some(false) {
            ("enableDnsHostnames", "enable-dns-hostnames", "private DNS has no effect")
        } else {
            return None;
        };
        let detail = format!("{word} is off on {id}, so that {effect}");
        Some(Culprit::new(CulpritKind::VpcAttribute, id, detail).mended_by(vec![self.attribute(flag)]))
    }

    /// The most specific Resolver rule that the VPC has for a name.
    fn rule_for(&self, name: &str, view: &mut NameView) -> Option<&Forward> {
        let dns = &self.sections.dns;
        let (Some(associated), Some(rules)) = (&dns.associated, &dns.rules) else {
            let lacks = if dns.associated.is_none() { "resolver_rule_associations" } else { "resolver_rules" };
            view.unknown.push(self.unseen(lacks));
            return None;
        };
        let ours =
            rules.iter().filter(|rule| is_under(name, &rule.domain) && associated.binary_search(&rule.id).is_ok());
        ours.max_by_key(|rule| rule.domain.len())
    }

    /// The most specific private hosted zone that the VPC has for a name.
    fn zone_for(&self, name: &str, view: &mut NameView) -> Option<&Zone> {
        let Some(zones) = &self.sections.dns.zones else {
            view.unknown.push(self.unseen("hosted_zones"));
            return None;
        };
        zones.iter().filter(|zone| is_under(name, &zone.name)).max_by_key(|zone| zone.name.len())
    }

    /// Whether a private hosted zone of the VPC's covers the name of a service: its labels the other way round.
    pub(super) fn zone_for_service(&self, service: &str) -> bool {
        let labels: Vec<&str> = service.rsplit('.').collect();
        let name = labels.join(".");
        let mut zones = self.sections.dns.zones.iter().flatten();
        zones.any(|zone| is_under(&name, &zone.name) && zone.name.contains('.'))
    }

    fn forwarded(&self, rule: &Forward) -> Option<Block> {
        if !rule.forwards {
            return None;
        }
        let (id, vpc) = (&rule.id, &self.id);
        let targets: Vec<String> = rule.targets.iter().take(4).map(ToString::to_string).collect();
        let domain = if rule.domain.is_empty() { "." } else { &rule.domain };
        let detail = format!("the Resolver rule {id} of {vpc} sends questions for {domain} to {}", targets.join(", "));
        let command = format!("route53resolver disassociate-resolver-rule --vpc-id {vpc} --resolver-rule-id {id}");
        let remedy = vec![
            step("make a SYSTEM rule for the names of AWS, which the VPC's resolver then answers itself"),
            self.command("or take the rule off the VPC, if nothing needs it", &command),
        ];
        Some(Culprit::new(CulpritKind::ResolverRule, id, detail).mended_by(remedy))
    }

    /// A zone answers for its whole subtree: a name that it does not hold does not exist.
    fn shadowed(&self, zone: &Zone, name: &str, view: &mut NameView) {
        let mut records = self.sections.dns.records.iter().flatten();
        let Some(records) = records.find(|records| records.zone == zone.id) else {
            let Zone { id, name: apex } = zone;
            return view
                .unknown
                .push(format!("the private hosted zone {id} answers for {apex}; what it holds was not looked at"));
        };
        if answering(records, name, &zone.name).is_empty() {
            let Zone { id, name: apex } = zone;
            let detail = format!(
                "the private hosted zone {id} ({apex}) has no record for {name}, so that the name does not exist in {}",
                self.id
            );
            let remedy = step(
                "add an alias record for the name, or for * under its zone, that points at the endpoint; or delete the zone",
            );
            view.blocks.push(Culprit::new(CulpritKind::PrivateHostedZone, id, detail).mended_by(vec![remedy]));
        }
    }
}

/// Whose records answer for a name in a zone: its own, or those of the wildcard of the closest ancestor.
fn answering<'r>(records: &'r Records, name: &str, apex: &str) -> Vec<&'r Record> {
    let of = |wanted: &str| -> Vec<&'r Record> {
        let is_it = |set: &&Record| set.name == wanted && matches!(set.kind.as_str(), "A" | "AAAA" | "CNAME");
        records.sets.iter().filter(is_it).collect()
    };
    let own = of(name);
    if !own.is_empty() || records.sets.iter().any(|set| set.name == name) {
        return own;
    }
    let mut rest = name;
    while let Some((_, parent)) = rest.split_once('.').filter(|(_, parent)| is_under(parent, apex)) {
        let wildcard = of(&format!("*.{parent}"));
        // A name that is there, even without addresses, ends the search for wildcards above it.
        let is_end = parent != apex && records.sets.iter().any(|set| is_under(&set.name, parent));
        if !wildcard.is_empty() || is_end {
            return wildcard;
        }
        rest = parent;
    }
    Vec::new()
}
