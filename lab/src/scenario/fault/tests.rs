//! What is refused when a scenario is read.

use super::*;

#[test]
fn a_fault_that_would_do_nothing_is_refused() {
    let table = [
        ("where = { resolver = \"vpc\" }\nwhat = \"tls-reset\"", "a resolver does not speak TLS"),
        ("where = { port = 53 }\nwhat = \"servfail\"", "`port` is for packets only"),
        ("where = { zone = \"a\" }\nwhat = \"servfail\"", "a question has no address"),
        ("where = { service = \"logs\" }\nwhat = \"no-routes\"", "routes are the task's own"),
        ("where = { host = \"logs.*\" }\nwhat = \"drop\"", "`*` elsewhere"),
        ("where = { action = \"PutLogEvents\" }\nwhat = \"drop\"", "for requests only"),
        ("where = { signed = true }\nwhat = \"tls-reset\"", "for requests only"),
        ("times = 2\nwhat = \"servfail\"", "for requests only"),
        ("what = { tls-silent-for = \"a*.example.com\" }", "`*` elsewhere"),
    ];
    for (text, expected) in table {
        let fault: Fault = toml::from_str(text).unwrap();
        let error = fault.verify().unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn a_word_that_is_not_known_is_refused() {
    for text in ["what = \"drp\"", "what = { drop-longer = { byte = 9 } }", "where = { hots = \"a\" }\nwhat = \"drop\""]
    {
        assert!(toml::from_str::<Fault>(text).is_err(), "{text}");
    }
}
