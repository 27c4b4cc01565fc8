//! Where copies of something go, and in which order. What is written is asked for anew for each copy.

mod file;
mod stdout;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// One place for a copy.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Sink {
    /// `file:PATH`
    File(PathBuf),
    /// `stdout`
    Stdout,
}

/// What became of one copy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Written {
    /// Where it should go.
    pub sink: Sink,
    /// Whether it got there: operation, subject and cause where not.
    pub result: Result<(), String>,
}

impl FromStr for Sink {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word.split_once(':') {
            None if word == "stdout" => Ok(Self::Stdout),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            Some(_) | None => Err(format!("sink {}: expected stdout or file:PATH", word.escape_debug())),
        }
    }
}

impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Stdout => f.write_str("stdout"),
        }
    }
}

/// Write a copy to each sink: files first, standard output last, so that what people see names the outcome of all.
/// `render` is given the sink and the outcome of those before; a sink that fails costs the others nothing.
pub fn write_all(sinks: &[Sink], mut render: impl FnMut(&Sink, &[Written]) -> String) -> Vec<Written> {
    let mut written = Vec::with_capacity(sinks.len());
    for sink in in_order(sinks) {
        let copy = render(sink, &written);
        let result = match sink {
            Sink::File(path) => file::write(path, copy.as_bytes()),
            Sink::Stdout => stdout::write(&mut std::io::stdout().lock(), copy.as_bytes()),
        };
        written.push(Written { sink: sink.clone(), result });
    }
    written
}

/// Each sink once, in the order of the enum and, among files, in the order given.
fn in_order(sinks: &[Sink]) -> Vec<&Sink> {
    let mut ordered: Vec<&Sink> = Vec::new();
    for sink in sinks {
        if !ordered.contains(&sink) {
            ordered.push(sink);
        }
    }
    ordered.sort_by_key(|sink| match sink {
        Sink::File(_) => 0,
        Sink::Stdout => 1,
    });
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_is_one_of_the_known_kinds_or_a_sentence() {
        let expected = |word| Err(format!("sink {word}: expected stdout or file:PATH"));
        let table = [
            ("stdout", Ok(Sink::Stdout)),
            ("file:/tmp/a:b.json", Ok(Sink::File(PathBuf::from("/tmp/a:b.json")))),
            ("file:", expected("file:")),
            ("stderr", expected("stderr")),
            ("cloudwatch:group", expected("cloudwatch:group")),
            ("s3://bucket/key", expected("s3://bucket/key")),
            ("", expected("")),
            ("a\u{1b}b", expected("a\\u{1b}b")),
        ];
        for (word, sink) in table {
            assert_eq!(word.parse::<Sink>(), sink, "{word}");
        }
    }

    #[test]
    fn standard_output_comes_last_and_no_sink_twice() {
        let file = |name: &str| Sink::File(PathBuf::from(name));
        let given = [Sink::Stdout, file("b"), file("a"), Sink::Stdout, file("b")];
        assert_eq!(in_order(&given), [&file("b"), &file("a"), &Sink::Stdout]);
    }

    #[test]
    fn a_sink_that_fails_costs_the_others_nothing_and_is_named_in_their_copies() {
        let folder = file::tests::folder("costs-nothing");
        let (lost, kept) = (folder.join("no/such/folder"), folder.join("kept"));
        let sinks = [Sink::File(lost.clone()), Sink::File(kept.clone())];
        let written = write_all(&sinks, |_, before| {
            let lines: Vec<_> = before.iter().map(|copy| format!("{} {}\n", copy.sink, copy.result.is_ok())).collect();
            lines.concat()
        });
        assert_eq!(written.iter().map(|copy| copy.result.is_ok()).collect::<Vec<_>>(), [false, true]);
        assert_eq!(std::fs::read_to_string(&kept).unwrap(), format!("file:{} false\n", lost.display()));
    }
}
