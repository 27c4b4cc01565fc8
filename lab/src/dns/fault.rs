//! Wrong answers, one a fault.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use hickory_resolver::proto::op::{Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::{RData, Record};

use super::{Asked, Reply, Transport, answer, faults};
use crate::scenario::Act;
use crate::world::{World, parent};

/// The reply to a question: the first fault that speaks of it, else the right answer; a delay adds to either.
pub fn reply(world: &World, asked: &Asked<'_>) -> Reply {
    let mut delay = Duration::ZERO;
    for act in faults(world, asked) {
        match act {
            Act::DnsDelayMs(ms) => delay += Duration::from_millis(*ms),
            Act::DnsLoseFirst if asked.before == 0 => return Reply::Nothing,
            Act::DnsLoseFirst => {}
            Act::Truncated if asked.transport == Transport::Tcp => {}
            _ => return after(delay, broken(world, asked, act)),
        }
    }
    let message = answer::answer(world, asked);
    after(delay, Reply::Bytes(answer::encode(&message, asked)))
}

fn after(delay: Duration, reply: Reply) -> Reply {
    match reply {
        Reply::Bytes(bytes) if !delay.is_zero() => Reply::Later(delay, bytes),
        other => other,
    }
}

fn broken(world: &World, asked: &Asked<'_>, act: &Act) -> Reply {
    let bytes = match act {
        Act::DnsSilent => return Reply::Nothing,
        Act::TruncatedTcpSilent if asked.transport == Transport::Tcp => return Reply::Nothing,
        Act::Truncated | Act::TruncatedTcpSilent => truncated(asked),
        Act::DnsGarbage => b"this is not a DNS message, and its counts lie: \xff\xff\xff\xff".to_vec(),
        Act::WrongId => wrong_id(world, asked),
        Act::WrongIdFirst => {
            let right = answer::encode(&answer::answer(world, asked), asked);
            return Reply::Both(wrong_id(world, asked), right);
        }
        Act::OtherQuestion => other_question(world, asked),
        Act::CnameLoop => cname_loop(asked),
        _ => answer::encode(&message(world, asked, act), asked),
    };
    Reply::Bytes(bytes)
}

fn message(world: &World, asked: &Asked<'_>, act: &Act) -> hickory_resolver::proto::op::Message {
    let above = parent(&asked.name);
    match act {
        Act::Nxdomain { soa } => {
            answer::negative(asked, ResponseCode::NXDomain, Some(soa.as_deref().unwrap_or(&above)))
        }
        Act::Nodata { soa } => answer::negative(asked, ResponseCode::NoError, Some(soa.as_deref().unwrap_or(&above))),
        Act::Servfail => answer::negative(asked, ResponseCode::ServFail, None),
        Act::DnsRefused => answer::negative(asked, ResponseCode::Refused, None),
        Act::ManyAddresses(count) => answer::with_addresses(world, asked, many(*count)),
        Act::Answer(addresses) => answer::with_addresses(world, asked, addresses.clone()),
        Act::Rotate(addresses) => {
            let one = addresses.get(asked.before % addresses.len().max(1)).copied();
            answer::with_addresses(world, asked, one.into_iter().collect())
        }
        _ => answer::answer(world, asked),
    }
}

/// Addresses of the VPC that nobody has: 10.0.64.1 and on.
fn many(count: u16) -> Vec<IpAddr> {
    (0..u32::from(count)).map(|n| IpAddr::V4(Ipv4Addr::from(0x0a00_4001 + n))).collect()
}

fn truncated(asked: &Asked<'_>) -> Vec<u8> {
    let mut message = answer::blank(asked);
    message.metadata.truncation = true;
    message.to_vec().unwrap_or_default()
}

fn wrong_id(world: &World, asked: &Asked<'_>) -> Vec<u8> {
    let mut message = answer::answer(world, asked);
    message.metadata.id = message.metadata.id.wrapping_add(1);
    message.to_vec().unwrap_or_default()
}

fn other_question(world: &World, asked: &Asked<'_>) -> Vec<u8> {
    let mut message = answer::answer(world, asked);
    message.queries = vec![Query::query(answer::name("other.example.com"), asked.kind)];
    message.to_vec().unwrap_or_default()
}

fn cname_loop(asked: &Asked<'_>) -> Vec<u8> {
    let (here, there) = (answer::name(&asked.name), answer::name("loop.example.com"));
    let mut message = answer::blank(asked);
    message.add_answer(Record::from_rdata(here.clone(), 60, RData::CNAME(CNAME(there.clone()))));
    message.add_answer(Record::from_rdata(there, 60, RData::CNAME(CNAME(here))));
    message.to_vec().unwrap_or_default()
}
