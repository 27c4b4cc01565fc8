//! What is given of each run: its words on the command line, and what became of them.

use std::path::Path;

use crate::inputs::shown;
use crate::report::Report;

/// One run as it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// What the operator calls it.
    pub name: Option<String>,
    /// The file that its report is of, `-` for standard input; empty where there is none.
    pub file: String,
    /// What is known of it.
    pub known: Known,
    /// Why it was judged without the operator's view, where one was given.
    pub unseen: Option<String>,
}

/// What is known of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Everything.
    Report(Box<Report>),
    /// Its exit code.
    ExitCode(i64),
    /// That it never started, and the platform's words for why.
    NotStarted(String),
}

/// `[NAME=]REPORT`: the name and the file. What has a slash before the first `=` is all of it a file's name.
pub fn report(word: &str) -> Result<(Option<String>, String), String> {
    match word.split_once('=') {
        Some((name, file)) if !name.contains('/') && !Path::new(word).exists() => {
            let name = named("report", word, name)?;
            if file.is_empty() {
                return Err(format!("report {}: the file's name is missing", shown(word)));
            }
            Ok((Some(name), file.to_owned()))
        }
        Some(_) | None => Ok((None, word.to_owned())),
    }
}

/// `NAME=CODE`: a run of which only the exit code is known.
pub fn exit_code(word: &str) -> Result<Given, String> {
    let expected = || format!("--exit {}: expected NAME=CODE, such as subnet-0a=53", shown(word));
    let (name, code) = word.rsplit_once('=').ok_or_else(expected)?;
    let code = code.trim().parse().map_err(|_| expected())?;
    Ok(Given {
        name: Some(named("--exit", word, name)?),
        file: String::new(),
        known: Known::ExitCode(code),
        unseen: None,
    })
}

/// `NAME=TEXT`: a run that never started, and why.
pub fn not_started(word: &str) -> Result<Given, String> {
    let expected = || format!("--not-started {}: expected NAME=TEXT, the text being ECS's stop reason", shown(word));
    let (name, text) = word.split_once('=').ok_or_else(expected)?;
    let known = Known::NotStarted(text.to_owned());
    Ok(Given { name: Some(named("--not-started", word, name)?), file: String::new(), known, unseen: None })
}

fn named(what: &str, word: &str, name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(format!("{what} {}: the name before = is empty", shown(word)));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_may_have_a_name() {
        let table = [
            ("a.json", Ok((None, "a.json"))),
            ("-", Ok((None, "-"))),
            ("subnet-0a=a.json", Ok((Some("subnet-0a"), "a.json"))),
            ("subnet-0a (ap-northeast-1a)=-", Ok((Some("subnet-0a (ap-northeast-1a)"), "-"))),
            ("subnet-0a=dir/a=b.json", Ok((Some("subnet-0a"), "dir/a=b.json"))),
            ("./a=b.json", Ok((None, "./a=b.json"))),
            (" =a.json", Err("report =a.json: the name before = is empty")),
            ("subnet-0a=", Err("report subnet-0a=: the file's name is missing")),
        ];
        for (word, expected) in table {
            let expected =
                expected.map(|(name, file)| (name.map(str::to_owned), file.to_owned())).map_err(str::to_owned);
            assert_eq!(report(word), expected, "{word}");
        }
    }

    #[test]
    fn a_run_may_be_known_by_its_exit_code_or_its_stop_reason() {
        let name = |given: Result<Given, String>| given.map(|given| (given.name.unwrap_or_default(), given.known));
        let reason = |text: &str| Known::NotStarted(text.to_owned());
        let table = [
            (name(exit_code("subnet-0a=53")), Ok(("subnet-0a", Known::ExitCode(53)))),
            (name(exit_code("a=b=137")), Ok(("a=b", Known::ExitCode(137)))),
            (name(exit_code("a= -1 ")), Ok(("a", Known::ExitCode(-1)))),
            (name(not_started("a=Task failed: x=y")), Ok(("a", reason("Task failed: x=y")))),
            (name(not_started("a=")), Ok(("a", reason("")))),
        ];
        for (given, expected) in table {
            assert_eq!(given, expected.map(|(name, known)| (name.to_owned(), known)));
        }
        for word in ["53", "subnet-0a=", "subnet-0a=x", "=53"] {
            assert!(exit_code(word).unwrap_err().starts_with("--exit "), "{word}");
        }
        for word in ["no stop reason", "=Task failed to start"] {
            assert!(not_started(word).unwrap_err().starts_with("--not-started "), "{word}");
        }
    }
}
