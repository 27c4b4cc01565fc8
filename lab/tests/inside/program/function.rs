//! The program as a function's runtime.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

use serde_json::Value;

/// Asks for an event, does what it says, and asks for the next one.
pub fn main(api: &str) -> ExitCode {
    match one(api).and_then(|()| ask(api, "GET", "invocation/next", "")) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the runtime API: {error}");
            ExitCode::from(7)
        }
    }
}

fn one(api: &str) -> io::Result<()> {
    let (head, event) = ask(api, "GET", "invocation/next", "")?;
    let event: Value = serde_json::from_str(&event)?;
    let id = head.get("lambda-runtime-aws-request-id").cloned().unwrap_or_default();
    match event["do"].as_str() {
        Some("answer") => ask(api, "POST", &format!("invocation/{id}/response"), &event["with"].to_string()).map(drop),
        Some("fail") => ask(api, "POST", &format!("invocation/{id}/error"), &event["with"].to_string()).map(drop),
        Some("sleep") => loop {
            std::thread::park();
        },
        Some("tell") => {
            let mut facts: BTreeMap<String, String> = std::env::vars().chain(head).collect();
            facts.insert("arguments".to_owned(), std::env::args().skip(1).collect::<Vec<_>>().join(" "));
            let answer = serde_json::to_string(&facts)?;
            ask(api, "POST", &format!("invocation/{id}/response"), &answer).map(drop)
        }
        _ => std::process::exit(7),
    }
}

/// One call: the answer's headers, with their names in lower case, and its body.
fn ask(api: &str, method: &str, path: &str, body: &str) -> io::Result<(BTreeMap<String, String>, String)> {
    let mut stream = TcpStream::connect(api)?;
    let length = body.len();
    write!(
        stream,
        "{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: {api}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Ok((headers.collect(), body.to_owned()))
}
