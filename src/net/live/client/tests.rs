use std::net::Ipv4Addr;

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::A;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;

use super::*;

const HOST: &str = "logs.test";
const LIMIT: Duration = Duration::from_secs(9);

/// A nameserver that knows one name, or answers everything with this code.
async fn nameserver(code: ResponseCode) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let mut message = Message::from_vec(&buffer[..length]).unwrap();
            message.metadata.message_type = MessageType::Response;
            message.metadata.response_code = code;
            let query = message.queries[0].clone();
            if code == ResponseCode::NoError && query.query_type == RecordType::A {
                let data = RData::A(A(Ipv4Addr::LOCALHOST));
                message.answers.push(Record::from_rdata(query.name, 60, data));
            }
            socket.send_to(&message.to_vec().unwrap(), peer).await.unwrap();
        }
    });
    address
}

/// A server with a certificate for `name`; hands out its port and its certificate.
async fn server(name: &str, answer: &'static str) -> (u16, String, tokio::task::JoinHandle<String>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(tls::provider(&[])))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(stream).await else { return String::new() };
        let mut request = Vec::new();
        while !request.ends_with(b"BODY") {
            request.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (port, made.cert.pem(), asked)
}

fn client(pem: &str, nameservers: &[SocketAddr], port: u16) -> Client {
    let roots = Roots::new(Some(pem.as_bytes()), None).unwrap();
    Client { port, ..Client::new(&roots, nameservers) }
}

fn request() -> Outgoing {
    Outgoing {
        method: "PUT",
        host: HOST.to_owned(),
        path_and_query: "/a%20b".to_owned(),
        headers: vec![("x-amz-date".to_owned(), "20261121T103000Z".to_owned())],
        body: b"BODY".to_vec(),
    }
}

#[tokio::test]
async fn a_request_goes_out_as_it_is_and_its_answer_comes_back() {
    let (port, pem, asked) =
        server(HOST, "HTTP/1.1 301 Moved\r\nX-Amz-Bucket-Region: r\r\ncontent-length: 2\r\n\r\nno").await;
    let nameserver = nameserver(ResponseCode::NoError).await;
    let answer = client(&pem, &[nameserver], port).send(request(), LIMIT).await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (301, "no"));
    assert!(answer.headers.contains(&("x-amz-bucket-region".to_owned(), "r".to_owned())));
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("PUT /a%20b HTTP/1.1\r\nhost: logs.test\r\nuser-agent: vpcprobe/"), "{asked}");
    assert!(asked.contains("\r\nx-amz-date: 20261121T103000Z\r\n") && asked.contains("\r\ncontent-length: 4\r\n"));
}

#[tokio::test]
async fn a_bundle_vouches_as_well() {
    let (port, pem, _asked) = server(HOST, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let nameserver = nameserver(ResponseCode::NoError).await;
    let roots = Roots::new(None, Some(pem.as_bytes())).unwrap();
    let client = Client { port, ..Client::new(&roots, &[nameserver]) };
    assert_eq!(client.send(request(), LIMIT).await.map(|answer| answer.status), Ok(200));
}

#[tokio::test]
async fn nobody_who_is_not_vouched_for_sees_the_request() {
    let nameserver = nameserver(ResponseCode::NoError).await;
    let (port, _, asked) = server(HOST, "").await;
    let roots = Roots::new(None, None).unwrap();
    let stranger = Client { port, ..Client::new(&roots, &[nameserver]) };
    let why = stranger.send(request(), LIMIT).await.err().unwrap();
    assert!(why.starts_with(&format!("shake hands with {HOST} at 127.0.0.1:{port}: ")), "{why}");
    assert_eq!(asked.await.unwrap(), "");
    let (port, pem, asked) = server("other.test", "").await;
    let why = client(&pem, &[nameserver], port).send(request(), LIMIT).await.err().unwrap();
    assert!(why.contains("certificate"), "{why}");
    assert_eq!(asked.await.unwrap(), "");
}

#[tokio::test]
async fn the_next_nameserver_is_asked_where_one_fails_and_not_where_one_denies() {
    let (port, pem, _asked) = server(HOST, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let broken = nameserver(ResponseCode::ServFail).await;
    let denying = nameserver(ResponseCode::NXDomain).await;
    let knowing = nameserver(ResponseCode::NoError).await;
    let answer = client(&pem, &[closed, broken, knowing], port).send(request(), LIMIT).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(200));
    let table = [
        (vec![denying, knowing], "there is no such name, says 127.0.0.1"),
        (vec![broken], "SERVFAIL, says 127.0.0.1"),
        (vec![closed], "refused from 127.0.0.1"),
        (vec![], "no nameserver is known"),
    ];
    for (nameservers, why) in table {
        let said = client(&pem, &nameservers, port).send(request(), LIMIT).await.err();
        assert_eq!(said, Some(format!("look up {HOST}: {why}")));
    }
}

#[tokio::test]
async fn what_is_no_answer_is_a_sentence() {
    let nameserver = nameserver(ResponseCode::NoError).await;
    let table = [
        ("", "closed by the other end"),
        ("SSH-2.0\r\n\r\n", "the answer is not HTTP"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nno", "status 200, and no whole answer"),
    ];
    for (answer, why) in table {
        let (port, pem, _asked) = server(HOST, answer).await;
        let said = client(&pem, &[nameserver], port).send(request(), LIMIT).await.err();
        assert_eq!(said, Some(format!("ask {HOST}: {why}")), "{answer}");
    }
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let (_, pem, _) = server(HOST, "").await;
    let said = client(&pem, &[nameserver], closed).send(request(), LIMIT).await.err();
    assert_eq!(said, Some(format!("connect to {HOST} at 127.0.0.1:{closed}: refused")));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_at_the_limit_of_its_step() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let roots = Roots::new(None, None).unwrap();
    let client = Client::new(&roots, &[silent.local_addr().unwrap()]);
    let said = client.send(request(), LIMIT).await.err();
    assert_eq!(said, Some(format!("look up {HOST}: no answer in 2000 ms from 127.0.0.1")));
}
