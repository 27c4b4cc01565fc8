use super::*;

fn read_text(text: &str) -> Result<List, String> {
    let list = NamedText { name: "f".to_owned(), text: text.to_owned() };
    read(&list, &Region::parse("eu-west-1").unwrap()).map_err(|error| error.0)
}

/// `host:port`, with `tcp://` before it, and `!` where its certificate is not verified.
fn told(list: &List) -> Vec<String> {
    let one = |endpoint: &Endpoint| {
        let scheme = if endpoint.transport == Transport::Tcp { "tcp://" } else { "" };
        let mark = if endpoint.unverified { "!" } else { "" };
        format!("{scheme}{}:{}{mark}", endpoint.host, endpoint.port)
    };
    list.endpoints.iter().map(one).collect()
}

#[test]
fn the_form_is_known_by_what_it_holds() {
    let table = [
        ("example.com\n", Form::Lines),
        ("# endpoints:\nendpoints:443", Form::Lines),
        ("[fd00::1]:443", Form::Lines),
        ("", Form::Lines),
        ("endpoints:\n  - host: a", Form::Egress),
        ("# theirs\n\n---\nendpoints: # all\n", Form::Egress),
        ("\u{feff}{\"endpoints\": []}", Form::Egress),
        ("[\n  {\"type\": 1}]", Form::Allowlist),
        ("[]", Form::Allowlist),
        ("[fd00::1]", Form::Lines),
        ("[null]", Form::Allowlist),
        ("[[[[", Form::Allowlist),
        ("[{\"host\":\"[fd00::1]:443\"}]", Form::Allowlist),
    ];
    for (text, expected) in table {
        assert_eq!(form(text), expected, "{text}");
    }
}

#[test]
fn an_egress_list_has_the_region_filled_in() {
    let text = "endpoints:
  - host: registry.example.com
    ports: [443, 80]
  - host: sts.${AWS_REGION}.amazonaws.com
    ports:
      - 443
  - host: cert-api.example.com
    ports: [443]
    tlsDisabled: true
  - host: '*.example.com'
    ports: [443]
    note: whatever
";
    let list = read_text(text).unwrap();
    let expected = [
        "registry.example.com:443",
        "tcp://registry.example.com:80",
        "sts.eu-west-1.amazonaws.com:443",
        "tcp://cert-api.example.com:443!",
    ];
    assert_eq!((told(&list), list.left_out), (expected.map(str::to_owned).to_vec(), vec!["*.example.com".to_owned()]));
}

#[test]
fn an_allow_list_speaks_tls_on_443_only() {
    let text = r#"[{"type":"SNOWFLAKE_DEPLOYMENT","host":"a.example","port":443},{"type":"OCSP_CACHE","host":"b.example","port":"80"},
        {"type":"STAGE","host":"sfc-*-stage.s3.amazonaws.com","port":443},{"host":"c.example"}]"#;
    let list = read_text(text).unwrap();
    assert_eq!(told(&list), ["a.example:443", "tcp://b.example:80", "c.example:443"]);
    assert_eq!(list.left_out, ["sfc-*-stage.s3.amazonaws.com"]);
}

#[test]
fn what_is_wrong_in_a_foreign_list_has_its_place() {
    let table = [
        ("[]", "line 1, column 1: the list is empty"),
        ("endpoints:\n", "line 1, column 10: expected a list of host and ports"),
        ("{\"hosts\": []}", "line 1, column 2: no key endpoints, as egress lists have"),
        ("endpoints:\n  - ports: [443]", "line 2, column 5: host is missing"),
        ("endpoints:\n  - host: a.example", "line 2, column 5: ports is missing"),
        (
            "endpoints:\n  - host: a.example\n    ports: [https]",
            "line 3, column 13: https: the port is not a number from 1 to 65535",
        ),
        (
            "endpoints:\n  - host: a.${ZONE}.example\n    ports: [443]",
            "line 2, column 11: a.${ZONE}.example: no variable but ${AWS_REGION} is known",
        ),
        (
            "endpoints:\n  - host: a.example\n    ports: [443]\n    tlsDisabled: perhaps",
            "line 4, column 18: perhaps: expected true or false",
        ),
        (
            "[{\"host\": \"a b\", \"port\": 443}]",
            "line 1, column 3: a b: not a host name: labels of 1 to 63 letters, digits and hyphens between dots",
        ),
        (
            "[{\"host\": \"a.example:80\", \"port\": 443}]",
            "line 1, column 3: a.example:80: the port stands under its own key",
        ),
        ("[{\"host\": \"a.example\", \"port\": 0}]", "line 1, column 32: 0: the port is not a number from 1 to 65535"),
        ("[{\"type\": \"STAGE\", \"port\": 443}]", "line 1, column 3: host is missing"),
        (
            "[{\"host\": \"a.example\"",
            "line 2, column 1: not YAML: while parsing a flow mapping, did not find expected ',' or '}'",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(read_text(text).unwrap_err(), format!("--endpoints f, {expected}"), "{text}");
    }
}

#[test]
fn a_list_of_nothing_is_refused_in_every_form() {
    for text in ["", "\u{feff}", "# only this\n\n  # and that\n", "[]", "endpoints: []"] {
        let error = read_text(text).unwrap_err();
        assert!(error.ends_with(": the list is empty"), "{text}: {error}");
    }
}
