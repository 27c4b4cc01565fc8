use super::*;

/// The tree in a form to compare: words with their places, and what holds them.
fn drawn(node: &Node) -> String {
    let Place { line, column } = node.place;
    match &node.value {
        Value::Word(word) => format!("{word}@{line}:{column}"),
        Value::List(items) => format!("[{}]", items.iter().map(drawn).collect::<Vec<_>>().join(" ")),
        Value::Map(members) => {
            let member = |(key, node): &(Key, Node)| {
                format!("{}@{}:{}={}", key.word, key.place.line, key.place.column, drawn(node))
            };
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(" "))
        }
    }
}

#[test]
fn a_document_is_a_tree_with_places() {
    let table = [
        ("a: b", "{a@1:1=b@1:4}"),
        ("a:\n  - b\n  - c: d\n    e: 1", "{a@1:1=[b@2:5 {c@3:5=d@3:8 e@4:5=1@4:8}]}"),
        ("{\"a\": [\"b\", 443, null]}", "{a@1:2=[b@1:8 443@1:13 @1:18]}"),
        ("# a comment\n---\n'a b': \"c\\nd\"\n", "{a b@3:1=c\nd@3:8}"),
        ("a: ~\nb:\n", "{a@1:1=@1:4 b@2:1=@2:2}"),
        ("[]", "[]"),
        ("word", "word@1:1"),
        ("\u{feff}a: b\r\nc: d\r\n", "{a@1:1=b@1:4 c@2:1=d@2:4}"),
    ];
    for (text, expected) in table {
        assert_eq!(drawn(&read(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn what_is_not_read_is_named_with_its_place() {
    let deep = "[".repeat(DEEPEST + 1);
    let wide = format!("[{}]", "a,".repeat(MOST_NODES + 1));
    let long = " ".repeat(MOST_BYTES + 1);
    let table = [
        ("", "line 1, column 1: nothing stands in it"),
        ("# nothing", "line 1, column 1: nothing stands in it"),
        ("a: b\na: c", "line 2, column 1: a stands here a second time"),
        ("{a: {b: 1, c: 2, b: 3}}", "line 1, column 18: b stands here a second time"),
        ("a: &x b", "line 1, column 4: anchors are not read: write it out"),
        ("a: &x b\nc: *x", "line 1, column 4: anchors are not read: write it out"),
        ("a: !!str b", "line 1, column 4: tags are not read: leave it away"),
        ("a: b\n---\nc: d", "line 2, column 1: a second document begins here"),
        ("? [a]\n: b", "line 1, column 4: a key is one word"),
        ("a: [b", "line 2, column 1: not YAML: while parsing a flow sequence, expected ',' or ']'"),
        ("a: b: c", "line 1, column 5: not YAML: mapping values are not allowed in this context"),
        ("a:\n\t- b", "line 2, column 2: not YAML: tabs disallowed within this context (block indentation)"),
        (
            "[default]\nroute = \"private\"",
            "line 2, column 1: expected YAML or JSON, and from here on it is neither (TOML is not read)",
        ),
        (&deep, "line 1, column 17: more than 16 levels deep"),
        (&wide, "line 1, column 200002: more than 100000 values"),
        (&long, "line 1, column 1: larger than 1048576 bytes"),
    ];
    for (text, expected) in table {
        let fault = read(text).unwrap_err();
        assert_eq!(fault.sentence("--x", ""), format!("--x, {expected}"), "{text:.80}");
    }
}

/// A small generator: the same numbers at each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// Bytes put in, taken out, doubled and cut off: whatever comes of it is a tree or one sentence in one line.
#[test]
fn no_text_makes_it_panic() {
    const PIECES: &[&str] = &[
        "- ",
        ": ",
        ":",
        "?",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!!x ",
        "|",
        ">",
        "|-\n",
        "\"",
        "'",
        "#",
        "\n",
        "\n\n  ",
        "\t",
        "---\n",
        "...",
        "%YAML 1.2\n",
        "\\x",
        "~",
        "<<: ",
        "\u{feff}",
        "é",
        "\0",
        "\u{85}",
        "🦀",
        "@",
        "`",
        "  ",
    ];
    const SEEDS: &[&str] = &[
        "default: {route: any, connect: \"< 50ms\"}\ngroups: {registry: [ecr.api, ecr.dkr]}\nexpect:\n  - services: [ecr.api]\n    route: private\n    limits: {pull: 60s}\n",
        "endpoints:\n  - host: a.example\n    ports:\n      - 443\n    tlsDisabled: true\n",
        "[{\"type\": \"STAGE\", \"host\": \"a.example\", \"port\": 443}]",
    ];
    let mut dice = Dice(7);
    let mut read_well = 0;
    for round in 0..20_000 {
        let mut text = SEEDS[round % SEEDS.len()].to_owned();
        for _ in 0..=dice.below(6) {
            let mut at = dice.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match dice.below(4) {
                0 => text.insert_str(at, PIECES[dice.below(PIECES.len())]),
                1 => _ = text.drain(at..text[at..].chars().next().map_or(at, |c| at + c.len_utf8())),
                2 => {
                    let again: String = text[..at].chars().rev().take(12).collect();
                    text.insert_str(at, &again);
                }
                _ => text.truncate(at),
            }
            if text.is_empty() {
                text.push('a');
            }
        }
        match read(&text) {
            Ok(_) => read_well += 1,
            Err(fault) => {
                let sentence = fault.sentence("--x", "f");
                assert!(!sentence.contains(char::is_control) && sentence.len() < 400, "{text:?}: {sentence:?}");
            }
        }
        let named = |text: &str| crate::inputs::NamedText { name: "f".to_owned(), text: text.to_owned() };
        let _ = crate::inputs::expectations::read(&named(&text));
        let region = crate::inputs::Region::parse("eu-west-1").unwrap();
        let _ = crate::inputs::list::read(&named(&text), &region);
    }
    assert!(read_well > 1_000, "{read_well} of them were YAML");
}
