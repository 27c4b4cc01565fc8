//! The two namespaces: the VPC's, which every address but the task's belongs to, and the task's.

mod delay;
mod rules;
mod tap;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

pub use tap::{Sent, Tap};

use crate::config::{self, Network};
use crate::scenario::{Act, Ipv6};
use crate::world::{METADATA, World};

/// Where `ip netns` keeps the task's namespace.
const TASK_NAMESPACE: &str = "/run/netns/task";

/// The link-local range that an IPv6-only task still has for its metadata.
const LINK_LOCAL: [Ipv4Addr; 2] = [Ipv4Addr::new(169, 254, 172, 2), Ipv4Addr::new(169, 254, 172, 1)];

/// Builds both namespaces and the packet filter between them, as the first of some worlds has them.
pub fn build(worlds: &[Arc<World>]) -> Result<(), String> {
    let world = &worlds[0];
    run("mount", &["-t", "tmpfs", "tmpfs", "/run"])?;
    std::fs::create_dir_all("/run/netns").map_err(|e| format!("make /run/netns: {e}"))?;
    run("ip", &["netns", "add", "task"])?;
    if world.scenario.vpc.delay_ms > 0 {
        delay::start(world)?;
        run("ip", &["link", "set", "eth0", "netns", "task"])?;
    } else {
        run("ip", &["link", "add", "vpc0", "type", "veth", "peer", "name", "eth0", "netns", "task"])?;
    }
    feed("ip", &["-batch", "-"], &vpc_side(worlds))?;
    feed("ip", &["-n", "task", "-batch", "-"], &task_side(world))?;
    feed("nft", &["-f", "-"], &filter(world)?)
}

/// Makes filter and routes those of another world; all rules change at once.
pub fn change(from: &World, to: &World) -> Result<(), String> {
    feed("nft", &["-f", "-"], &filter(to)?)?;
    let (before, after) = (task_routes(from), task_routes(to));
    let gone = before.iter().filter(|route| !after.contains(route)).map(|route| format!("route del {route}\n"));
    let new = after.iter().filter(|route| !before.contains(route)).map(|route| format!("route add {route}\n"));
    feed("ip", &["-n", "task", "-batch", "-"], &gone.chain(new).collect::<String>())
}

/// Everything for `nft -f`, in the place of what there is.
fn filter(world: &World) -> Result<String, String> {
    // What is to be deleted must be there.
    let mut text = String::from("table inet lab\ndelete table inet lab\ntable inet vpc\ndelete table inet vpc\n");
    text.push_str(&rules::text(world));
    if world.scenario.config.is_some() {
        text.push_str(&config::rules(world, &Network::build(world)?));
    }
    Ok(text)
}

/// Moves the calling thread into the task's network.
pub fn enter_task() -> Result<(), String> {
    let namespace = File::open(TASK_NAMESPACE).map_err(|e| format!("open {TASK_NAMESPACE}: {e}"))?;
    let network = Some(LinkNameSpaceType::Network);
    move_into_link_name_space(namespace.as_fd(), network).map_err(|e| format!("enter {TASK_NAMESPACE}: {e}"))
}

/// Runs a program and keeps what it complained about.
pub fn run(program: &str, args: &[&str]) -> Result<(), String> {
    feed(program, args, "")
}

fn feed(program: &str, args: &[&str], input: &str) -> Result<(), String> {
    let what = format!("{program} {}", args.join(" "));
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|e| format!("{what}: {e}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(|e| format!("{what}: {e}"))?;
    }
    let output = child.wait_with_output().map_err(|e| format!("{what}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{what}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// The task's IPv4 address, its prefix and its gateway.
fn task_v4(world: &World) -> (Ipv4Addr, u8, Ipv4Addr) {
    if world.scenario.vpc.ipv6 == Ipv6::Only {
        return (LINK_LOCAL[0], 22, LINK_LOCAL[1]);
    }
    let net = &world.task;
    (net.v4, net.subnet.prefix_len(), net.gateway)
}

/// Every address is local on the VPC's side, so that one listener serves them all; the task's own is not.
/// The gateway's address has no subnet: the kernel looks a subnet's route up before the local default.
fn vpc_side(worlds: &[Arc<World>]) -> String {
    let world = &worlds[0];
    let (task, _, gateway) = task_v4(world);
    let mtu = world.scenario.vpc.mtu;
    let mut lines = vec![
        "link set lo up".to_owned(),
        format!("link set vpc0 mtu {mtu} gso_max_segs 1"),
        format!("addr add {gateway}/32 dev vpc0"),
        "link set vpc0 up".to_owned(),
        format!("route add unicast {task}/32 dev vpc0 table local"),
        "route add local 0.0.0.0/0 dev lo table local".to_owned(),
    ];
    if let Some(v6) = world.task.v6 {
        let gateway = world.task.gateway6;
        lines.push(format!("addr add {gateway}/128 dev vpc0 nodad"));
        lines.push(format!("route add unicast {v6}/128 dev vpc0 table local"));
        let ranges = ["2000::/3", "fd00::/8", "64:ff9b::/96"];
        lines.extend(ranges.map(|range| format!("route add local {range} dev lo table local")));
        let neighbours: BTreeSet<IpAddr> = worlds.iter().flat_map(|world| neighbours6(world)).collect();
        lines.extend(neighbours.iter().map(|address| format!("addr add {address}/128 dev vpc0 nodad")));
        let resolvers = worlds.iter().flat_map(|world| &world.resolvers).map(|resolver| resolver.address);
        let resolvers: BTreeSet<IpAddr> = resolvers.filter(IpAddr::is_ipv6).collect();
        lines.extend(resolvers.iter().map(|address| format!("addr add {address}/128 dev lo nodad")));
    }
    lines.join("\n") + "\n"
}

/// IPv6 addresses in the task's own subnet: neighbour discovery answers only for addresses of the interface.
fn neighbours6(world: &World) -> impl Iterator<Item = IpAddr> {
    let subnet = world.task.v6.map(|v6| ipnet::IpNet::V6(ipnet::Ipv6Net::new_assert(v6, 64).trunc()));
    let addresses = world.sites.keys().map(|(address, _)| *address);
    addresses.filter(move |address| subnet.is_some_and(|net| net.contains(address)))
}

fn task_side(world: &World) -> String {
    let (task, prefix, _) = task_v4(world);
    let mut lines = vec![
        "link set lo up".to_owned(),
        format!("link set eth0 mtu {} gso_max_segs 1", world.scenario.vpc.mtu),
        format!("addr add {task}/{prefix} dev eth0"),
        "link set eth0 up".to_owned(),
    ];
    lines.extend(world.task.v6.map(|v6| format!("addr add {v6}/64 dev eth0 nodad")));
    lines.extend(task_routes(world).iter().map(|route| format!("route add {route}")));
    lines.join("\n") + "\n"
}

/// The task's routes beside that to its own subnet.
fn task_routes(world: &World) -> Vec<String> {
    let gateway = task_v4(world).2;
    let has = |wanted: fn(&Act) -> bool| world.scenario.faults.iter().any(|fault| wanted(&fault.what));
    let no_routes = has(|act| matches!(act, Act::NoRoutes));
    let no_default = no_routes || has(|act| matches!(act, Act::NoDefaultRoute));
    let mut routes = Vec::new();
    if world.scenario.vpc.ipv6 == Ipv6::Only {
        routes.push(format!("{METADATA}/32 via {gateway}"));
    } else {
        routes.extend((!no_routes).then(|| format!("169.254.0.0/16 via {gateway}")));
        routes.extend((!no_default).then(|| format!("default via {gateway}")));
    }
    if world.task.v6.is_some() {
        routes.extend((!no_default).then(|| format!("default via {}", world.task.gateway6)));
    }
    routes
}
