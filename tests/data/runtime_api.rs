//! A stand-in of Lambda's runtime API on this host: it hands out what it is given, and keeps what comes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

/// What came: method and path, the rest of the head in small letters, the body.
pub type Came = (String, String, String);

/// Give these answers one after the other, a connection each, and then be gone.
pub fn api(answers: Vec<Vec<u8>>) -> (String, JoinHandle<Vec<Came>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serving = std::thread::spawn(move || answers.into_iter().map(|answer| exchange(&listener, &answer)).collect());
    (address, serving)
}

/// Take one request, and give one answer.
pub fn exchange(listener: &TcpListener, answer: &[u8]) -> Came {
    let (mut stream, _) = listener.accept().unwrap();
    let came = request(&mut stream);
    // Who has read enough may be gone before the end.
    let _ = stream.write_all(answer);
    came
}

/// Read one request.
pub fn request(stream: &mut TcpStream) -> Came {
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the request breaks off");
        read.push(byte[0]);
    }
    let head = String::from_utf8(read).unwrap();
    let (line, rest) = head.split_once(" HTTP/1.1\r\n").unwrap();
    let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length: ").and_then(|n| n.parse().ok());
    let mut body = vec![0; rest.lines().find_map(length).unwrap_or(0)];
    stream.read_exact(&mut body).unwrap();
    (line.to_owned(), rest.to_ascii_lowercase(), String::from_utf8(body).unwrap())
}

/// An event under these headers.
pub fn event(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// An answer that is a status alone.
pub fn status(status: u16) -> Vec<u8> {
    format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").into_bytes()
}
