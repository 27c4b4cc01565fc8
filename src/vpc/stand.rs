//! Where the task stands in the configuration.

use std::net::IpAddr;

use ipnet::IpNet;

use super::model::{Acl, Subnet, Table};
use super::{Place, Vpc};

/// What stands for the subnet where it is not known: in commands a variable, as they have it.
const UNKNOWN: &str = "$SUBNETS";

/// The place of a task in the configuration: its subnet with its route table and network ACL, and its security groups.
#[derive(Clone, Debug)]
pub struct Stand<'v> {
    pub(super) vpc: &'v Vpc,
    pub(super) subnet: Subnet,
    /// `None`: not looked at.
    pub(super) table: Option<&'v Table>,
    /// `None`: not looked at.
    pub(super) acl: Option<&'v Acl>,
    /// The task's own addresses in that subnet, where its report says them.
    pub(super) addresses: Vec<IpAddr>,
}

impl Vpc {
    /// Where the probe stood in this VPC; a sentence where it did not stand in it, or that can't be told.
    pub fn stand(&self, place: &Place<'_>) -> Result<Stand<'_>, String> {
        self.fits(place)?;
        let subnet = self.own_subnet(place)?;
        if let (Some(zone), Some(its)) = (place.zone, subnet.zone.as_deref())
            && zone != its
        {
            return Err(format!(
                "the probe ran in {zone}, and {} of {} with its address is in {its}",
                subnet.id, self.id
            ));
        }
        let own = |address: &&IpAddr| {
            let is_its = subnet.ranges.iter().any(|range| range.contains(*address));
            is_its || (self.sections.subnets.is_none() && self.sections.ranges.iter().any(|own| own.contains(*address)))
        };
        let addresses = place.addresses.iter().filter(own).copied().collect();
        let is_known = subnet.id != UNKNOWN;
        Ok(Stand {
            vpc: self,
            table: is_known.then(|| self.table(&subnet.id)).flatten(),
            acl: is_known.then(|| self.acl(&subnet.id)).flatten(),
            subnet,
            addresses,
        })
    }

    /// Whether it is a view of where the probe ran at all: two VPCs may well have the same ranges.
    fn fits(&self, place: &Place<'_>) -> Result<(), String> {
        let fit = |what: &str, ran: Option<&str>, view: Option<&str>| match (ran, view) {
            (Some(ran), Some(view)) if ran != view => {
                Err(format!("the view is of {what} {view}, and the probe ran in {ran}: collect it there"))
            }
            _ => Ok(()),
        };
        fit("Region", place.region, Some(&self.region))?;
        // The owner of a shared VPC sees what other accounts' tasks run in.
        if self.account.is_some() && self.sections.owner == self.account {
            return Ok(());
        }
        fit("account", place.account, self.account.as_deref())
    }

    /// Without the subnets: by the VPC's ranges, or by what was said of the task. Which subnet it is stays unknown, unless
    /// that was said, and with it its table and ACL.
    fn unseen_subnet(&self, place: &Place<'_>) -> Result<Subnet, String> {
        let ranges = &self.sections.ranges;
        let mut own = place.addresses.iter().copied().filter(|address| !is_local(*address)).peekable();
        let is_elsewhere = own.peek().is_some() && !ranges.is_empty();
        if is_elsewhere && !own.any(|address| ranges.iter().any(|range| range.contains(&address))) {
            return Err(format!("no range of {} holds the probe's own address: is it the right VPC?", self.id));
        }
        if !is_elsewhere && self.task.subnets.is_empty() {
            return Err(format!("the probe's subnet can't be found in {}: {}", self.id, self.unseen("subnets")));
        }
        let id = match &self.task.subnets[..] {
            [only] => only.clone(),
            _ => UNKNOWN.to_owned(),
        };
        Ok(Subnet { id, zone: None, owner: None, ranges: place.subnets.to_vec(), blocked: None })
    }

    fn own_subnet(&self, place: &Place<'_>) -> Result<Subnet, String> {
        let Some(subnets) = self.sections.subnets.as_deref() else {
            return self.unseen_subnet(place);
        };
        let addresses: Vec<IpAddr> = place.addresses.iter().copied().filter(|address| !is_local(*address)).collect();
        let within = |subnet: &Subnet, range: &IpNet| {
            if addresses.is_empty() {
                place.subnets.contains(range)
            } else {
                addresses.iter().any(|own| range.contains(own)) && !subnet.id.is_empty()
            }
        };
        let found = subnets.iter().find(|subnet| subnet.ranges.iter().any(|range| within(subnet, range)));
        match (found, addresses.first(), place.subnets.first(), &self.task.subnets[..]) {
            // Private ranges repeat from VPC to VPC: the same address in another range is another subnet.
            (Some(subnet), _, Some(range), _) if !subnet.ranges.iter().any(|own| place.subnets.contains(own)) => {
                Err(format!("no subnet of {} is the probe's {range}: is it the right VPC?", self.id))
            }
            (Some(subnet), ..) => Ok(subnet.clone()),
            (None, Some(own), ..) => {
                Err(format!("no subnet of {} holds the probe's own address {own}: is it the right VPC?", self.id))
            }
            (None, None, Some(range), _) => {
                Err(format!("no subnet of {} is the probe's {range}: is it the right VPC?", self.id))
            }
            (None, None, None, [only]) => self
                .subnet(only)
                .cloned()
                .ok_or_else(|| format!("the view says that the task runs in {only}, which it does not hold")),
            (None, None, None, _) => {
                Err("the report does not say in which subnet the probe ran; collect the view with \
                                          scripts/network --subnets and that one subnet"
                    .to_owned())
            }
        }
    }
}

/// Addresses that no subnet gives out: a function's report has only such.
fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_loopback(),
    }
}

impl<'v> Stand<'v> {
    /// The view that it is a place in.
    pub fn vpc(&self) -> &'v Vpc {
        self.vpc
    }

    /// The subnet's id.
    pub fn subnet(&self) -> &str {
        &self.subnet.id
    }

    /// The id of its route table, where that was looked at.
    pub fn route_table(&self) -> Option<&'v str> {
        self.table.map(|table| table.id.as_str())
    }

    /// The task's security group, where it is said to have one alone.
    pub fn security_group(&self) -> Option<&'v str> {
        match self.vpc.task.groups.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether the subnet is another account's, which shares it: of what that account made in it, this view has only a part.
    pub(super) fn is_shared(&self) -> bool {
        matches!((&self.subnet.owner, &self.vpc.account), (Some(owner), Some(account)) if owner != account)
    }

    /// The range of the subnet in the family of an address.
    pub(super) fn range(&self, peer: IpAddr) -> Option<IpNet> {
        self.subnet.ranges.iter().copied().find(|range| range.addr().is_ipv4() == peer.is_ipv4())
    }

    /// The task's own address in the family of another.
    pub(super) fn own(&self, peer: IpAddr) -> Option<IpAddr> {
        self.addresses.iter().copied().find(|own| own.is_ipv4() == peer.is_ipv4())
    }

    /// Whether an address is in the task's own subnet, where no network ACL and no route table stand between.
    pub(super) fn is_neighbour(&self, peer: IpAddr) -> bool {
        self.subnet.ranges.iter().any(|range| range.contains(&peer))
    }
}
