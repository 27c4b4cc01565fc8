//! A connection from the task, followed through the configuration: out of its group and its subnet, along the route, into
//! the other end, and back.

mod exit;
mod far;
mod lost;

use std::net::{IpAddr, SocketAddr};

use self::far::Far;
pub(super) use self::far::is_public;
use super::acl::{Crossing, Judged, LINUX, all_in_words, ports_in_words};
use super::group::{End, Fit};
use super::model::{Acl, Destination, Group, Ports, Route, Sections};
use super::remedy::{everything, single};
use super::route::Lookup;
use super::{Block, Culprit, CulpritKind, EndpointKind, Path, Stand, Subnet, Vpc, Way};

impl Stand<'_> {
    /// What the configuration does with a TCP connection from the task to an address, there and back. The endpoint service
    /// that the address was an answer for, such as `com.amazonaws.eu-west-1.s3`, tells whose address it is where the view
    /// does not.
    pub fn path(&self, peer: SocketAddr, service: Option<&str>) -> Path {
        if is_of_the_link(peer.ip()) {
            return Path { way: Way::Local, blocks: Vec::new(), unknown: Vec::new() };
        }
        let mut walk = Walk::new(self, peer, service);
        walk.leave_group();
        let way = if self.is_neighbour(peer.ip()) { walk.beside() } else { walk.away() };
        match self.strange(peer.ip(), service) {
            Some(why) => Path { way, blocks: Vec::new(), unknown: vec![why] },
            None => Path { way, blocks: walk.blocks, unknown: walk.unknown },
        }
    }

    /// Why an address in this VPC's ranges that a service's name led to may be another VPC's with the same ranges: the view
    /// has endpoints of the service, and the address is none of theirs.
    fn strange(&self, peer: IpAddr, service: Option<&str>) -> Option<String> {
        let vpc = self.vpc;
        let is_ours = vpc.sections.interfaces.is_none() || vpc.interface(peer).is_some() || !vpc.holds(peer);
        let endpoint = vpc.endpoints_of(service?).find(|endpoint| endpoint.kind == Some(EndpointKind::Interface))?;
        (!is_ours).then(|| {
            format!(
                "{peer} is no address of {} in this view, which may be of another VPC with the same ranges, or older than the \
                 endpoint",
                endpoint.id
            )
        })
    }
}

/// Whether AWS answers on the host itself: neither a rule nor a route has to do with it.
fn is_of_the_link(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.segments()[..2] == [0xfd00, 0xec2],
    }
}

struct Walk<'s> {
    stand: &'s Stand<'s>,
    vpc: &'s Vpc,
    peer: IpAddr,
    port: u16,
    service: Option<&'s str>,
    far: Far<'s>,
    blocks: Vec<Block>,
    unknown: Vec<String>,
}

impl<'s> Walk<'s> {
    fn new(stand: &'s Stand<'s>, peer: SocketAddr, service: Option<&'s str>) -> Self {
        let (blocks, unknown) = (Vec::new(), Vec::new());
        let far = Far::new(stand, peer.ip(), service);
        Self { stand, vpc: stand.vpc, peer: peer.ip(), port: peer.port(), service, far, blocks, unknown }
    }

    /// To an address in the own subnet: only groups stand between.
    fn beside(&mut self) -> Way {
        self.enter_group();
        Way::Local
    }

    fn away(&mut self) -> Way {
        let (acl, subnet) = (self.stand.acl, &self.stand.subnet);
        let there = End { address: Some(self.peer), range: None, groups: None };
        let out = Crossing { egress: true, ports: Ports::one(self.port), far: &there };
        self.cross(acl, subnet, &out, self.peer);
        let way = self.follow();
        let back = Crossing { egress: false, ports: LINUX, far: &there };
        self.cross(acl, subnet, &back, self.peer);
        way
    }

    /// Through the ACL of the other end's subnet, into it, and back out.
    fn arrive(&mut self) {
        let Some(subnet) = self.far.subnet else {
            if self.vpc.sections.subnets.is_none() {
                self.unsure(self.vpc.unseen("subnets"));
            }
            return self.enter_group();
        };
        let task = self.task();
        let far = self.stand.own(self.peer).or(self.stand.range(self.peer).map(|range| range.addr()));
        let Some(far) = far else { return self.enter_group() };
        let acl = self.vpc.acl(&subnet.id);
        self.cross(acl, subnet, &Crossing { egress: false, ports: Ports::one(self.port), far: &task }, far);
        self.enter_group();
        self.cross(acl, subnet, &Crossing { egress: true, ports: LINUX, far: &task }, far);
    }

    /// The task, as others' rules see it.
    fn task(&self) -> End<'s> {
        let groups = &self.vpc.task.groups[..];
        End {
            address: self.stand.own(self.peer),
            range: self.stand.range(self.peer),
            groups: (!groups.is_empty()).then_some(groups),
        }
    }

    fn cross(&mut self, acl: Option<&Acl>, subnet: &Subnet, crossing: &Crossing<'_>, far: IpAddr) {
        let Some(acl) = acl else { return self.unsure(self.unseen_acl(subnet)) };
        match acl.judge(crossing) {
            Judged::Passes => {}
            Judged::Denied(rule) => self.block(self.vpc.acl_block(acl, &subnet.id, rule, crossing, far)),
            Judged::Partly { passed, lost } => self.unsure(format!(
                "ACL {} of {} lets {} only {} of the ports {} for {}: connections from {} are lost, so open all of them",
                acl.id,
                subnet.id,
                if crossing.egress { "out" } else { "in" },
                all_in_words(&passed),
                ports_in_words(crossing.ports),
                self.vpc.far_in_words(far),
                all_in_words(&lost),
            )),
            Judged::Unclear(why) => self.unsure(format!("ACL {}: {why}", acl.id)),
        }
    }

    fn unseen_acl(&self, subnet: &Subnet) -> String {
        match self.vpc.sections {
            Sections { acls: Some(_), subnets: None, .. } => self.vpc.unseen("subnets"),
            Sections { acls: Some(_), .. } => format!("the view holds no ACL of {}", subnet.id),
            Sections { .. } => self.vpc.unseen("network_acls"),
        }
    }

    fn leave_group(&mut self) {
        let ids = &self.vpc.task.groups[..];
        if ids.is_empty() {
            return self.unsure("which security groups the task has is not said".to_owned());
        }
        let Some(groups) = self.groups(ids) else { return };
        let end = End { address: Some(self.peer), range: None, groups: self.far.groups() };
        match self.vpc.admit(&groups, |group| &group.outbound, self.port, &end) {
            Fit::Yes => {}
            Fit::Perhaps(why) => self.unsure(format!("the outbound rules of {}: {why}", ids.join(", "))),
            Fit::No => {
                let to = self.far.words(self.peer);
                let detail = format!("{} outbound rule for {} to {to}", lacks(ids, ""), self.port);
                let id = self.vpc.least_shared(ids);
                let remedy = self.vpc.allow(id, false, self.port, &self.permission_out());
                self.block(Culprit::new(CulpritKind::SecurityGroup, id, detail).mended_by(vec![remedy]));
            }
        }
    }

    /// The narrowest permission that names the other end for good.
    fn permission_out(&self) -> String {
        let lists = self.vpc.lists_holding(self.peer);
        let list = lists.iter().find(|(list, _)| list.name.is_some()).map(|(list, _)| list.id.as_str());
        let group = self.far.groups().filter(|ids| !ids.is_empty()).map(|ids| self.vpc.least_shared(ids));
        match (group, list.or_else(|| self.routed_list())) {
            (Some(group), _) => format!("UserIdGroupPairs=[{{GroupId={group}}}]"),
            (None, Some(list)) => format!("PrefixListIds=[{{PrefixListId={list}}}]"),
            (None, None) if self.far.is_public => permission(everything(self.peer)),
            (None, None) => permission(&single(self.peer)),
        }
    }

    /// The prefix list of the gateway endpoint's route that carries the address, where what lists hold was not looked at.
    fn routed_list(&self) -> Option<&'s str> {
        match self.vpc.lookup(self.stand.table?, self.peer, self.service, true) {
            Lookup::Route(Route { to: Destination::List(list), .. }) => Some(list),
            Lookup::Route(_) | Lookup::Nothing | Lookup::Unclear(_) => None,
        }
    }

    fn enter_group(&mut self) {
        let Some(ids) = self.far.groups else {
            let unknown = self.far.unknown.clone();
            return unknown.into_iter().for_each(|why| self.unsure(why));
        };
        let Some(groups) = self.groups(ids) else { return };
        let end = self.task();
        match self.vpc.admit(&groups, |group| &group.inbound, self.port, &end) {
            Fit::Yes => {}
            Fit::Perhaps(why) => self.unsure(format!("the inbound rules of {}: {why}", ids.join(", "))),
            Fit::No => {
                let (id, detail) = (self.vpc.least_shared(ids), self.not_let_in(ids));
                let remedy = self.vpc.allow(id, true, self.port, &self.permission_in());
                self.block(Culprit::new(CulpritKind::SecurityGroup, id, detail).mended_by(vec![remedy]));
            }
        }
    }

    fn not_let_in(&self, ids: &[String]) -> String {
        let range = self.stand.range(self.peer).map(|range| range.to_string());
        let from: Vec<&str> = range.iter().chain(&self.vpc.task.groups).map(String::as_str).collect();
        let (groups, port) = (lacks(ids, &format!(" of {}", self.far.holder)), self.port);
        format!("{groups} inbound rule for {port} from {}", from.join(" or "))
    }

    fn permission_in(&self) -> String {
        match (self.vpc.task.groups.first(), self.stand.range(self.peer)) {
            (Some(group), _) => format!("UserIdGroupPairs=[{{GroupId={group}}}]"),
            (None, Some(range)) => permission(&range.to_string()),
            (None, None) => permission("$SUBNET_CIDR"),
        }
    }

    /// The groups of some ids; `None`, and said so, where one of them was not looked at.
    fn groups(&mut self, ids: &[String]) -> Option<Vec<&'s Group>> {
        let groups: Vec<&Group> = ids.iter().filter_map(|id| self.vpc.group(id)).collect();
        if groups.len() == ids.len() && !ids.is_empty() {
            return Some(groups);
        }
        let unseen = ids.iter().find(|id| self.vpc.group(id).is_none());
        self.unsure(match (unseen, &self.vpc.sections.groups) {
            (Some(id), Some(_)) => format!("{id} is not among the groups that the view holds"),
            _ => self.vpc.unseen("security_groups"),
        });
        None
    }

    fn block(&mut self, block: Block) {
        if !self.blocks.contains(&block) {
            self.blocks.push(block);
        }
    }

    fn unsure(&mut self, why: String) {
        if !self.unknown.contains(&why) {
            self.unknown.push(why);
        }
    }
}

/// A range as `--ip-permissions` takes it.
fn permission(range: &str) -> String {
    if range.contains(':') {
        format!("Ipv6Ranges=[{{CidrIpv6={range}}}]")
    } else {
        format!("IpRanges=[{{CidrIp={range}}}]")
    }
}

/// What one group lacks, or all of several.
fn lacks(ids: &[String], holder: &str) -> String {
    match ids {
        [only] => format!("{only}{holder} has no"),
        several => format!("none of {}{holder} has an", several.join(", ")),
    }
}
