//! From an event to the arguments that a command line would give: the same names, defaults and rules.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, FromArgMatches as _};
use serde_json::value::RawValue;

use crate::edge::args::{self, Cli, Command, InputArgs, OutputArgs, RoundArgs};
use crate::edge::raw::is_text;
use crate::inputs::shown;

/// The one input whose value may be a document. It is full of secrets, so no sentence shows it.
const DEFINITION: &str = "task_definition";
/// The other one, which may be an object, or its text.
const EXPECTATIONS: &str = "expectations";
/// Inputs that name a file, and what takes their place in an event.
const FILES: [(&str, &str); 3] = [
    ("ca_bundle", "set VPCPROBE_CA_BUNDLE to a file in the function's package"),
    ("endpoints", "give the list itself as `endpoint`"),
    ("roots", "set VPCPROBE_ROOTS to a file in the function's package"),
];

/// An event that can't be used, in one sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EventError(pub String);

impl std::fmt::Display for EventError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Read an event: an object whose keys are the flags' names in snake case. Nothing, or `null`, asks for the defaults.
pub fn read_event(bytes: &[u8]) -> Result<(InputArgs, RoundArgs, OutputArgs), EventError> {
    let flags = flags();
    let mut argv: Vec<OsString> = vec!["vpcprobe".into(), "run".into()];
    let text = std::str::from_utf8(bytes).map_err(|_| EventError("the event is not UTF-8 text".to_owned()))?;
    for (key, value) in members(text)? {
        let flag = flags.iter().find(|flag| key_of(flag).as_deref() == Some(&key)).ok_or_else(|| unknown(&key))?;
        let long = flag.get_long().unwrap_or_default();
        argv.extend(words(&key, value, flag)?.into_iter().map(|word| format!("--{long}={word}").into()));
    }
    match parse(argv)? {
        Cli { command: Command::Run { inputs, rounds, output } } => Ok((inputs, rounds, output)),
        Cli { .. } => Err(EventError("the event is read as another command than run".to_owned())),
    }
}

/// The object's members, their values not looked at yet: what is not needed of a task definition is never read.
fn members(text: &str) -> Result<BTreeMap<String, &RawValue>, EventError> {
    if text.trim_ascii().is_empty() {
        return Ok(BTreeMap::new());
    }
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| {
        // The library's words may repeat what it read.
        EventError(format!("the event is not JSON: line {}, column {}", error.line(), error.column()))
    })?;
    let what = match whole.get().as_bytes().first() {
        Some(b'{') => {
            return serde_json::from_str(whole.get())
                .map_err(|_| EventError("the event is an object with a key that is not UTF-8 text".to_owned()));
        }
        Some(b'n') => return Ok(BTreeMap::new()),
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "true or false",
        Some(_) | None => "a number",
    };
    Err(EventError(format!(
        "the event is {what}: expected an object whose keys are inputs, such as {{\"region\": \"eu-west-1\"}}"
    )))
}

/// A key's values as a command line would have them; none for `null`.
fn words(key: &str, value: &RawValue, flag: &Arg) -> Result<Vec<String>, EventError> {
    let unfit = |expected: &str| EventError(format!("the event's {key}: expected {expected}"));
    let text = value.get();
    let words = match text.as_bytes().first() {
        Some(b'n') => return Ok(vec![]),
        Some(b'{' | b'[') if key == DEFINITION => vec![text.to_owned()],
        Some(b'{') if key == EXPECTATIONS => vec![text.to_owned()],
        Some(b'{') => return Err(unfit("a string or a list of strings, and not an object")),
        Some(b'[') => serde_json::from_str(text).map_err(|_| unfit("a list of strings only"))?,
        Some(b'"') => vec![serde_json::from_str(text).map_err(|_| unfit("text that is Unicode"))?],
        Some(_) | None => vec![text.to_owned()],
    };
    if let Some((_, instead)) = FILES.iter().find(|(file, _)| *file == key)
        && words.iter().any(|word| !word.is_empty())
    {
        return Err(EventError(format!(
            "the event's {key}: it names a file, and a function has none of its caller's: {instead}"
        )));
    }
    let is_told = |word: &String| word.is_empty() || word.contains('\n') || word.trim_start().starts_with('{');
    if key == EXPECTATIONS && !words.iter().all(is_told) {
        return Err(unfit(
            "the expectations themselves, as an object or as text: a function has no file of its caller's",
        ));
    }
    if key == DEFINITION && words.iter().map(|word| word.trim()).any(|word| !word.is_empty() && !is_text(word)) {
        let why = "the JSON of a task definition, as an object or as text, or its gzip in base64: a function has no file \
                   of its caller's";
        return Err(unfit(why));
    }
    if matches!(flag.get_action(), ArgAction::SetTrue) && !words.iter().all(|word| args::flag(word).is_ok()) {
        return Err(unfit("true or false"));
    }
    if !matches!(flag.get_action(), ArgAction::Append) && words.len() > 1 {
        return Err(unfit("one value, and not a list"));
    }
    Ok(words)
}

/// Every flag of `run`.
fn flags() -> Vec<Arg> {
    let command = args::command();
    let run = command.find_subcommand("run");
    run.map(|run| run.get_arguments().cloned().collect()).unwrap_or_default()
}

fn key_of(flag: &Arg) -> Option<String> {
    flag.get_long().map(|long| long.replace('-', "_"))
}

fn parse(argv: Vec<OsString>) -> Result<Cli, EventError> {
    // An event can say `false`, which wins over a variable that says `true`; a flag alone can't.
    let switch = |arg: Arg| match arg.get_action() {
        ArgAction::SetTrue => arg.action(ArgAction::Set).num_args(1).default_value("false"),
        _ => arg,
    };
    let command = args::command().mut_subcommand("run", |run| run.mut_args(switch));
    let parsed = command.try_get_matches_from(argv).and_then(|matches| Cli::from_arg_matches(&matches));
    // What the event says has been looked at: the rest comes from the function's environment.
    parsed.map_err(|error| EventError(format!("the function's environment: {}", of_environment(&error))))
}

/// Which variable can't be used. Its value may be anything, and is not shown.
fn of_environment(error: &clap::Error) -> String {
    let long = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(arg)) => arg.split([' ', '=']).next().and_then(|arg| arg.strip_prefix("--")),
        Some(_) | None => None,
    };
    match long {
        Some(long) => format!("VPCPROBE_{}: expected true or false", long.to_uppercase().replace('-', "_")),
        None => "a VPCPROBE_ variable can't be used".to_owned(),
    }
}

/// A key that is no input, and the one that was probably meant.
fn unknown(key: &str) -> EventError {
    let hint = match near(key) {
        Some(near) => format!("did you mean {near}?"),
        None => {
            "the keys are the flags of `vpcprobe run` with _ for -, such as region, image and task_definition".into()
        }
    };
    EventError(format!("the event's key {} is no input; {hint}", shown(key)))
}

/// The input that a command line would suggest, and the key as it is meant where only its form is another.
fn near(key: &str) -> Option<String> {
    let long = key.to_ascii_lowercase().replace('_', "-");
    if flags().iter().any(|flag| flag.get_long() == Some(&long)) {
        return Some(long.replace('-', "_"));
    }
    let error = args::command().try_get_matches_from(["vpcprobe", "run", &format!("--{long}=x")]).err()?;
    match error.get(ContextKind::SuggestedArg)? {
        ContextValue::String(arg) => Some(arg.strip_prefix("--")?.replace('-', "_")),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
