//! The runtime API of a Lambda function: events come from it, answers go to it, both over plain HTTP on this host.

mod api;
mod event;
mod serve;

use std::time::SystemTime;

pub use event::{EventError, read_event};
pub use serve::serve;

/// What a function is given to do.
#[derive(Debug)]
pub struct Invocation {
    /// The event, a JSON text; or why it is not whole.
    pub event: Result<Vec<u8>, String>,
    /// When the platform ends the function, where it says so.
    pub deadline: Option<SystemTime>,
}

/// Why an invocation, or the function's start, came to nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// One sentence. It goes to whoever invoked.
    pub sentence: String,
}

/// The kinds of failures, as an invoker tells them apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FailureKind {
    /// The answer is larger than a function's may be.
    AnswerTooLarge,
    /// The fault is ours.
    Bug,
    /// The event, or the function's environment, can't be used.
    Input,
    /// The runtime API is not to be reached, or does not speak as it should.
    RuntimeApi,
}

impl FailureKind {
    /// The `errorType` of the answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AnswerTooLarge => "AnswerTooLarge",
            Self::Bug => "Bug",
            Self::Input => "InputError",
            Self::RuntimeApi => "RuntimeApi",
        }
    }
}

impl Failure {
    /// An event or an environment that can't be used, in one sentence.
    pub fn input(sentence: impl ToString) -> Self {
        Self { kind: FailureKind::Input, sentence: sentence.to_string() }
    }
}
