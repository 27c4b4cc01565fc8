//! What a resolver's message held.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of address record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Family {
    /// IPv4.
    A,
    /// IPv6.
    #[serde(rename = "AAAA")]
    Aaaa,
}

/// One whole DNS answer.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Answer {
    /// `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED` or another response code's name.
    pub code: String,
    /// How the answer came.
    pub transport: DnsTransport,
    /// Whether the answer over UDP was cut, so that TCP was used.
    pub truncated: bool,
    /// The aliases followed, first to last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Alias>,
    /// The addresses at the end of the chain, the first few of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// How many addresses the message held.
    pub address_count: usize,
    /// The owner of the SOA record of a negative answer: the zone that says no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soa_owner: Option<String>,
    /// What came before this answer and was not one.
    #[serde(default, skip_serializing_if = "Discarded::is_empty")]
    pub discarded: Discarded,
}

/// Over what an answer came.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsTransport {
    /// A datagram.
    #[default]
    Udp,
    /// A connection, because the datagram was truncated.
    Tcp,
}

/// A CNAME record.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Alias {
    /// The name it leads to.
    pub name: String,
    /// Seconds it may be kept.
    pub ttl_s: u32,
}

/// An address record.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// Seconds it may be kept.
    pub ttl_s: u32,
}

/// Messages that were no answer to the question.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Discarded {
    /// With another message id.
    pub other_id: u32,
    /// With another question.
    pub other_question: u32,
    /// That could not be read.
    pub garbage: u32,
}

impl Discarded {
    /// Whether nothing was discarded.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
