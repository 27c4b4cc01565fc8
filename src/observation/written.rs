//! An observation as it is written, all its fields side by side. Read through the enums they would be kept in a buffer first,
//! and everything that can be seen would be read from that.

use std::net::SocketAddr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{
    Answer, Change, CheckId, Connection, Family, Fault, Handshake, Observation, ObservationId, Outcome, Response, Rung,
    Seen, StepPart, Why,
};

#[derive(Deserialize)]
struct Written {
    id: ObservationId,
    check: CheckId,
    rung: Rung,
    attempt: u8,
    resolver: Option<SocketAddr>,
    question: Option<Family>,
    step: Option<StepPart>,
    peer: Option<SocketAddr>,
    #[serde(default)]
    variation: Vec<Change>,
    at_ms: u64,
    took_ms: u64,
    outcome: Kind,
    answer: Option<Answer>,
    connection: Option<Connection>,
    handshake: Option<Box<Handshake>>,
    response: Option<Box<Response>>,
    fault: Option<Fault>,
    why: Option<Why>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Saw,
    Failed,
    NotTried,
}

impl<'de> Deserialize<'de> for Observation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer)?.read().map_err(D::Error::custom)
    }
}

impl Written {
    fn read(mut self) -> Result<Observation, &'static str> {
        let outcome = match self.outcome {
            Kind::Saw => Outcome::Saw { seen: self.seen().ok_or("nothing of what was seen is there")? },
            Kind::Failed => {
                Outcome::Failed { fault: self.fault.ok_or("missing field `fault`")?, handshake: self.handshake }
            }
            Kind::NotTried => Outcome::NotTried { why: self.why.ok_or("missing field `why`")? },
        };
        let Self { id, check, rung, attempt, resolver, question, step, peer, variation, at_ms, took_ms, .. } = self;
        Ok(Observation { id, check, rung, attempt, resolver, question, step, peer, variation, at_ms, took_ms, outcome })
    }

    fn seen(&mut self) -> Option<Seen> {
        let answer = self.answer.take().map(Seen::Answer);
        let connection = || self.connection.take().map(Seen::Connection);
        let seen = answer.or_else(connection);
        let seen = seen.or_else(|| self.handshake.take().map(Seen::Handshake));
        seen.or_else(|| self.response.take().map(Seen::Response))
    }
}
