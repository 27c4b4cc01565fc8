//! One DNS question, one resolver, one transport: the whole message is kept, nothing is cached or asked again.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout_at};

use super::{io_fault, tcp};
use crate::net::Ask;
use crate::observation::{Address, Alias, Answer, Discarded, DnsTransport, Family, Fault};

/// What the platform's Go resolver offers, too: the size that passes without fragments.
const UDP_PAYLOAD: u16 = 1232;
/// Aliases followed; a longer chain, or a circle, ends here.
const MAX_ALIASES: usize = 16;
/// Addresses kept of one answer.
const MAX_ADDRESSES: usize = 32;
/// Bytes of an answer over TCP that are read as a message: names in a hostile one cost time by their number.
const MAX_TCP_ANSWER: usize = 16 * 1024;
/// Wrong messages read before we give up on a resolver that floods us.
const MAX_DISCARDED: u32 = 1_000;

/// Ask once.
pub(super) async fn ask(ask: &Ask, limit: Duration) -> Result<Answer, Fault> {
    let question = Question::new(ask)?;
    match ask.transport {
        DnsTransport::Udp => over_udp(ask.resolver, &question, limit).await,
        DnsTransport::Tcp => over_tcp(ask.resolver, &question, limit).await,
    }
}

/// A question ready to be sent, and what its answer must repeat.
struct Question {
    id: u16,
    name: Name,
    record: RecordType,
    wire: Vec<u8>,
}

impl Question {
    fn new(ask: &Ask) -> Result<Self, Fault> {
        // The final dot: no search list, ever.
        let name = Name::from_ascii(format!("{}.", ask.name)).map_err(|error| local(&error))?;
        let record = match ask.family {
            Family::A => RecordType::A,
            Family::Aaaa => RecordType::AAAA,
        };
        let mut bytes = [0; 2];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|error| local(&error))?;
        let id = u16::from_be_bytes(bytes);
        let mut message = Message::new(id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = true;
        message.add_query(Query::query(name.clone(), record));
        let mut edns = Edns::new();
        edns.set_max_payload(UDP_PAYLOAD);
        message.set_edns(edns);
        let wire = message.to_vec().map_err(|error| local(&error))?;
        Ok(Self { id, name, record, wire })
    }

    /// What a message is to this question.
    fn read(&self, bytes: &[u8], transport: DnsTransport) -> Reading {
        // Before the rest is read: reading a hostile message costs time.
        if bytes.len() >= 2 && bytes[..2] != self.id.to_be_bytes() {
            return Reading::OtherId;
        }
        let Ok(message) = Message::from_vec(bytes) else { return self.read_cut(bytes) };
        if message.metadata.message_type != MessageType::Response {
            return Reading::OtherId;
        }
        // A refusal may come without the question.
        let is_ours = message.queries.iter().any(|q| q.name == self.name && q.query_type == self.record);
        let is_bare = message.queries.is_empty() && message.answers.is_empty();
        if !is_ours && !is_bare {
            return Reading::OtherQuestion;
        }
        Reading::Answer(answer(&message, &self.name, transport))
    }

    /// A message cut in the middle of a record can't be read but for its head.
    fn read_cut(&self, bytes: &[u8]) -> Reading {
        let is_ours = bytes.len() >= 12 && bytes[..2] == self.id.to_be_bytes();
        let is_truncated_response = bytes.len() >= 12 && bytes[2] & 0x82 == 0x82;
        if is_ours && is_truncated_response {
            Reading::Answer(Answer { code: "NOERROR".to_owned(), truncated: true, ..Answer::default() })
        } else {
            Reading::Garbage
        }
    }
}

/// What a message is to a question.
enum Reading {
    Answer(Answer),
    OtherId,
    OtherQuestion,
    Garbage,
}

async fn over_udp(resolver: SocketAddr, question: &Question, limit: Duration) -> Result<Answer, Fault> {
    let until = Instant::now() + limit;
    let any: IpAddr = if resolver.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await.map_err(|error| io_fault::fault(&error))?;
    // Connected: the kernel drops strangers' datagrams and tells us of a refused port.
    socket.connect(resolver).await.map_err(|error| io_fault::fault(&error))?;
    socket.send(&question.wire).await.map_err(|error| io_fault::fault(&error))?;
    let mut discarded = Discarded::default();
    let mut buffer = vec![0; 4096];
    loop {
        let Ok(received) = timeout_at(until, socket.recv(&mut buffer)).await else {
            return Err(silence(discarded, limit));
        };
        let length = received.map_err(|error| io_fault::fault(&error))?;
        match count(question.read(&buffer[..length], DnsTransport::Udp), &mut discarded) {
            Some(answer) => return Ok(Answer { discarded, ..answer }),
            None if too_many(discarded) => return Err(Fault::OnlyWrongAnswers { discarded }),
            None => {}
        }
    }
}

async fn over_tcp(resolver: SocketAddr, question: &Question, limit: Duration) -> Result<Answer, Fault> {
    let until = Instant::now() + limit;
    let (stream, _) = tcp::connect(resolver, &[], limit).await?;
    match timeout_at(until, converse(stream, question)).await {
        Ok(result) => result,
        Err(_) => Err(tcp::timed_out(limit)),
    }
}

async fn converse(mut stream: TcpStream, question: &Question) -> Result<Answer, Fault> {
    let fault = |error: io::Error| io_fault::fault(&error);
    let length = u16::try_from(question.wire.len()).expect("a question is shorter than 64 KiB");
    let mut wire = length.to_be_bytes().to_vec();
    wire.extend_from_slice(&question.wire);
    stream.write_all(&wire).await.map_err(fault)?;
    let mut discarded = Discarded::default();
    let length = stream.read_u16().await.map_err(fault)?;
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes).await.map_err(fault)?;
    let reading =
        if bytes.len() > MAX_TCP_ANSWER { Reading::Garbage } else { question.read(&bytes, DnsTransport::Tcp) };
    if let Some(answer) = count(reading, &mut discarded) {
        return Ok(Answer { discarded, ..answer });
    }
    // No stranger can have written into our connection.
    Err(Fault::OnlyWrongAnswers { discarded })
}

/// The answer, or one more message that was none.
fn count(reading: Reading, discarded: &mut Discarded) -> Option<Answer> {
    match reading {
        Reading::Answer(answer) => return Some(answer),
        Reading::OtherId => discarded.other_id += 1,
        Reading::OtherQuestion => discarded.other_question += 1,
        Reading::Garbage => discarded.garbage += 1,
    }
    None
}

fn too_many(discarded: Discarded) -> bool {
    discarded.other_id + discarded.other_question + discarded.garbage >= MAX_DISCARDED
}

fn silence(discarded: Discarded, limit: Duration) -> Fault {
    if discarded.is_empty() { tcp::timed_out(limit) } else { Fault::OnlyWrongAnswers { discarded } }
}

/// The chain of aliases, and the addresses at its end.
fn answer(message: &Message, asked: &Name, transport: DnsTransport) -> Answer {
    let (aliases, last) = aliases(&message.answers, asked);
    let all: Vec<Address> = message.answers.iter().filter(|record| record.name == last).filter_map(address).collect();
    Answer {
        code: code(message),
        transport,
        truncated: message.metadata.truncation,
        aliases,
        address_count: all.len(),
        addresses: all.into_iter().take(MAX_ADDRESSES).collect(),
        soa_owner: soa_owner(&message.authorities),
        discarded: Discarded::default(),
    }
}

fn aliases(records: &[Record], asked: &Name) -> (Vec<Alias>, Name) {
    let mut last = asked.clone();
    let mut aliases = Vec::new();
    while aliases.len() < MAX_ALIASES {
        let Some((target, ttl_s)) = records.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == last => Some((target.0.clone(), record.ttl)),
            _ => None,
        }) else {
            break;
        };
        aliases.push(Alias { name: host(&target), ttl_s });
        last = target;
    }
    (aliases, last)
}

fn address(record: &Record) -> Option<Address> {
    let ip = match &record.data {
        RData::A(a) => IpAddr::V4(a.0),
        RData::AAAA(aaaa) => IpAddr::V6(aaaa.0),
        _ => return None,
    };
    Some(Address { ip, ttl_s: record.ttl })
}

fn soa_owner(authorities: &[Record]) -> Option<String> {
    authorities.iter().find(|record| matches!(record.data, RData::SOA(_))).map(|record| host(&record.name))
}

/// A name as people write it: no final dot, bounded, nothing that a terminal would act on.
fn host(name: &Name) -> String {
    let text = name.to_ascii();
    text.strip_suffix('.').unwrap_or(&text).to_ascii_lowercase()
}

fn code(message: &Message) -> String {
    use hickory_resolver::proto::op::ResponseCode as Code;
    match message.metadata.response_code {
        Code::NoError => "NOERROR".to_owned(),
        Code::NXDomain => "NXDOMAIN".to_owned(),
        Code::ServFail => "SERVFAIL".to_owned(),
        Code::Refused => "REFUSED".to_owned(),
        Code::FormErr => "FORMERR".to_owned(),
        Code::NotImp => "NOTIMP".to_owned(),
        other => format!("RCODE{}", u16::from(other)),
    }
}

fn local(error: &dyn std::error::Error) -> Fault {
    Fault::Local { detail: error.to_string() }
}
