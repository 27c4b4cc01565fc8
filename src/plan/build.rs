//! Inputs and catalog to a plan. Same inputs, same plan.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{
    Check, CheckId, Place, Plan, Purpose, Reach, Replay, Resolver, Role, Route, Rung, asserted, expect, extra, start,
    steps,
};
use crate::catalog::control_hosts;
use crate::inputs::{Error, Inputs, Region, Vantage};

/// The VPC's resolver, wherever its VPC's range begins.
const VPC_RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253));
/// The same over IPv6.
const VPC_RESOLVER_IPV6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253));

/// Plan a run.
pub fn plan(inputs: &Inputs, vantage: &Vantage) -> Result<Plan, Error> {
    let mut checks = start::checks(inputs)?;
    extra::add(&mut checks, inputs)?;
    let asserted = asserted::apply(&mut checks, inputs)?;
    expect::apply(&mut checks, inputs)?;
    steps::add(&mut checks, inputs, vantage);
    if inputs.controls {
        checks.extend(control_hosts(&inputs.region).into_iter().map(control));
    }
    checks.extend(own_name(inputs, vantage));
    Ok(Plan {
        checks,
        resolvers: resolvers(vantage),
        limits: inputs.limits.clone(),
        place: place(inputs, vantage),
        strict: inputs.strict,
        replay: replay(inputs, vantage),
        asserted,
    })
}

fn replay(inputs: &Inputs, vantage: &Vantage) -> Replay {
    Replay {
        platform: inputs.platform.clone(),
        layers: inputs.layers,
        read_only: inputs.read_only,
        credentials: vantage.credentials.is_some(),
        execution_role: inputs.task_definition.as_ref().and_then(|task| task.execution_role.clone()),
        task_definition: inputs.task_definition.clone(),
        profiles: inputs.profiles.clone(),
        image_pull_ms: vantage.image_pull_ms,
    }
}

fn place(inputs: &Inputs, vantage: &Vantage) -> Place {
    Place {
        region: inputs.region.clone(),
        own_region: own_region(vantage),
        inside_vpc: vantage.kind.is_in_a_vpc(),
        fargate: vantage.kind == crate::inputs::VantageKind::Fargate,
        addresses: vantage.addresses.clone(),
        subnets: vantage.subnet_cidr.into_iter().chain(vantage.subnet_cidr_ipv6).collect(),
        vpc_cidrs: inputs.vpc_cidrs.clone(),
        proxy: vantage.proxy.clone(),
        unread: vantage.unread.clone(),
    }
}

/// What the platform names, where it is a Region at all: it ends up in commands to paste.
fn own_region(vantage: &Vantage) -> Option<String> {
    vantage.region.as_deref().and_then(Region::parse).map(|region| region.to_string())
}

/// The configured resolvers in their order, then the VPC's own where it is not among them.
fn resolvers(vantage: &Vantage) -> Vec<Resolver> {
    let mut resolvers: Vec<Resolver> = Vec::new();
    for &address in &vantage.nameservers {
        if resolvers.iter().all(|known| known.address != address) {
            resolvers.push(Resolver { address, configured: true, vpc: is_vpc_resolver(address) });
        }
    }
    if resolvers.iter().all(|known| !known.vpc) {
        let ip = if has_only_ipv6(vantage) { VPC_RESOLVER_IPV6 } else { VPC_RESOLVER };
        resolvers.push(Resolver { address: SocketAddr::new(ip, 53), configured: false, vpc: true });
    }
    resolvers
}

fn is_vpc_resolver(address: SocketAddr) -> bool {
    address.port() == 53 && [VPC_RESOLVER, VPC_RESOLVER_IPV6].contains(&address.ip())
}

fn has_only_ipv6(vantage: &Vantage) -> bool {
    let leads_out = |v6: &Ipv6Addr| !v6.is_loopback() && !v6.is_unicast_link_local();
    let has_ipv4 = vantage.addresses.iter().any(|ip| matches!(ip, IpAddr::V4(v4) if !v4.is_loopback()));
    let has_ipv6 = vantage.addresses.iter().any(|ip| matches!(ip, IpAddr::V6(v6) if leads_out(v6)));
    has_ipv6 && !has_ipv4
}

fn control(host: String) -> Check {
    Check {
        id: CheckId(format!("control:{host}")),
        purpose: Purpose::Other,
        service: None,
        region: extra::aws_region(&host),
        host,
        port: 443,
        required: false,
        role: Role::Control,
        expect: Route::Any,
        reach: Reach::Nothing,
        endpoint_service: None,
        top: Rung::Handshake,
        question: None,
        step: None,
        why: "asked only to learn whether there is a way out of the VPC".to_owned(),
        note: None,
    }
}

/// The task's own name: it resolves only where the VPC's DNS attributes are on.
fn own_name(inputs: &Inputs, vantage: &Vantage) -> Option<Check> {
    let said = vantage.private_dns_name.as_deref().and_then(crate::inputs::host_name);
    let host = said.or_else(|| derived_name(inputs, vantage))?;
    Some(Check {
        id: CheckId("own-name".to_owned()),
        purpose: Purpose::Other,
        service: None,
        host,
        port: 443,
        region: None,
        required: false,
        role: Role::OwnName,
        expect: Route::Any,
        reach: Reach::Nothing,
        endpoint_service: None,
        top: Rung::Resolve,
        question: None,
        step: None,
        why: "asked only to learn the VPC's DNS attributes".to_owned(),
        note: None,
    })
}

fn derived_name(inputs: &Inputs, vantage: &Vantage) -> Option<String> {
    let own = |v4: Ipv4Addr| !v4.is_loopback() && !v4.is_link_local() && is_private(v4, inputs, vantage);
    let addresses = vantage.addresses.iter().filter(|_| vantage.kind.is_in_a_vpc());
    let mine = addresses.filter_map(|ip| if let IpAddr::V4(v4) = ip { Some(*v4) } else { None }).find(|v4| own(*v4))?;
    let [a, b, c, d] = mine.octets();
    let region = own_region(vantage).unwrap_or_else(|| inputs.region.to_string());
    Some(match region.as_str() {
        "us-east-1" => format!("ip-{a}-{b}-{c}-{d}.ec2.internal"),
        region => format!("ip-{a}-{b}-{c}-{d}.{region}.compute.internal"),
    })
}

/// A VPC's range may be carrier-grade (100.64/10), or a public one that the platform or the operator names.
fn is_private(v4: Ipv4Addr, inputs: &Inputs, vantage: &Vantage) -> bool {
    let [a, b, ..] = v4.octets();
    let is_carrier_grade = a == 100 && (64..128).contains(&b);
    let known = vantage.subnet_cidr.iter().chain(&inputs.vpc_cidrs);
    v4.is_private() || is_carrier_grade || known.into_iter().any(|net| net.contains(&IpAddr::V4(v4)))
}
