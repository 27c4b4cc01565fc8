//! Right answers: what a resolver of the world says when nothing is broken.

use std::net::IpAddr;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, SOA};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

use super::{Asked, Transport};
use crate::scenario::{View, matches};
use crate::world::{Found, World, nat64};

/// How many addresses an answer of S3 holds at most.
const AT_ONCE: usize = 8;

/// The right answer to a question.
pub fn answer(world: &World, asked: &Asked<'_>) -> Message {
    let own = asked.resolver.records.iter().find(|(pattern, _)| matches(pattern, &asked.name));
    let found = match own {
        Some((_, addresses)) => plain(addresses.clone(), &asked.name),
        None => some_of(world.resolve(asked.resolver.view, &asked.name), asked.before),
    };
    from_found(world, asked, found)
}

/// An answer with exactly these addresses.
pub fn with_addresses(world: &World, asked: &Asked<'_>, addresses: Vec<IpAddr>) -> Message {
    from_found(world, asked, plain(addresses, &asked.name))
}

fn plain(addresses: Vec<IpAddr>, name: &str) -> Found {
    Found::Records { cname: None, addresses, ttl: 60, soa: crate::world::parent(name) }
}

/// An answer of a response code only, with the owner of an SOA where there is one.
pub fn negative(asked: &Asked<'_>, code: ResponseCode, soa: Option<&str>) -> Message {
    let mut message = blank(asked);
    message.metadata.response_code = code;
    if let Some(owner) = soa {
        message.add_authority(soa_of(owner));
    }
    message
}

/// A response to the question without anything in it.
pub fn blank(asked: &Asked<'_>) -> Message {
    let query = &asked.query.metadata;
    let mut message = Message::response(query.id, query.op_code);
    message.metadata.recursion_desired = query.recursion_desired;
    message.metadata.recursion_available = true;
    message.add_queries(asked.query.queries.clone());
    message
}

/// The message on the wire, cut to what the client said it takes.
pub fn encode(message: &Message, asked: &Asked<'_>) -> Vec<u8> {
    let bytes = message.to_vec().unwrap_or_default();
    let limit = usize::from(asked.query.max_payload()).max(512);
    if asked.transport == Transport::Udp && bytes.len() > limit {
        return message.truncate().to_vec().unwrap_or_default();
    }
    bytes
}

/// A name of the world as the wire has it.
pub fn name(text: &str) -> Name {
    Name::from_ascii(format!("{}.", text.trim_end_matches('.'))).unwrap_or_else(|_| Name::root())
}

fn from_found(world: &World, asked: &Asked<'_>, found: Found) -> Message {
    match found {
        Found::NoSuchName { soa } => negative(asked, ResponseCode::NXDomain, Some(&soa)),
        Found::Records { cname, addresses, ttl, soa } => {
            let mut owner = name(&asked.name);
            let mut message = blank(asked);
            if let Some((target, ttl)) = cname {
                let target = name(&target);
                message.add_answer(Record::from_rdata(owner, ttl, RData::CNAME(CNAME(target.clone()))));
                owner = target;
            }
            let mut found = of_kind(asked.kind, &addresses);
            if found.is_empty() && asked.kind == RecordType::AAAA && synthesizes(world, asked) {
                found = addresses.iter().filter_map(synthesize).collect();
            }
            if found.is_empty() {
                message.add_authority(soa_of(&soa));
            }
            message.add_answers(found.into_iter().map(|data| Record::from_rdata(owner.clone(), ttl, data)));
            message
        }
    }
}

/// S3, whose names alone are aliases here, gives eight of its addresses, other ones each time.
fn some_of(mut found: Found, before: usize) -> Found {
    if let Found::Records { cname: Some(_), addresses, .. } = &mut found
        && addresses.len() > AT_ONCE
    {
        let first = before * AT_ONCE % addresses.len();
        addresses.rotate_left(first);
        addresses.truncate(AT_ONCE);
    }
    found
}

fn synthesizes(world: &World, asked: &Asked<'_>) -> bool {
    world.scenario.vpc.dns64 && asked.resolver.view == View::Vpc
}

fn synthesize(address: &IpAddr) -> Option<RData> {
    match address {
        IpAddr::V4(v4) => Some(RData::AAAA(AAAA(nat64(*v4)))),
        IpAddr::V6(_) => None,
    }
}

fn of_kind(kind: RecordType, addresses: &[IpAddr]) -> Vec<RData> {
    let data = addresses.iter().filter_map(|address| match (kind, address) {
        (RecordType::A, IpAddr::V4(v4)) => Some(RData::A(A(*v4))),
        (RecordType::AAAA, IpAddr::V6(v6)) => Some(RData::AAAA(AAAA(*v6))),
        _ => None,
    });
    data.collect()
}

fn soa_of(owner: &str) -> Record {
    let server = name("ns-0.lab.internal");
    let soa = SOA::new(server, name("hostmaster.lab.internal"), 1, 7200, 900, 1_209_600, 60);
    Record::from_rdata(name(owner), 60, RData::SOA(soa))
}
