//! The exit code: the channel that works when no log line can leave the subnet.

use std::process::ExitCode;

/// Every required check passed.
pub const PASS: u8 = 0;
/// The command line was not understood; clap's own.
pub const USAGE: u8 = 2;
/// An input can't be used: region, image, task definition, list, saved report.
pub const INPUT: u8 = 3;
/// Warnings only, under `--strict`.
pub const STRICT: u8 = 4;
/// The lowest code of a failed run: tens say what fails first, ones how.
pub const FIRST_FAILURE: u8 = 11;
/// The highest code of a failed run.
pub const LAST_FAILURE: u8 = 69;
/// Our own bug.
pub const BUG: u8 = 70;
/// Deadline, signal, or we could not look.
pub const INCONCLUSIVE: u8 = 71;

/// How the process ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// A report was made: its exit code is ours.
    Judged(u8),
    /// A command that judges nothing did what it was asked.
    Done,
    /// The command line was not understood.
    Usage,
    /// An input can't be used.
    BadInput,
    /// The probe itself failed.
    Bug,
    /// We could not look, and there is no report to say so.
    CouldNotLook,
}

impl Ending {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Judged(code) => code,
            Self::Done => PASS,
            Self::Usage => USAGE,
            Self::BadInput => INPUT,
            Self::Bug => BUG,
            Self::CouldNotLook => INCONCLUSIVE,
        }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(ending.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_has_the_code_of_the_contract() {
        let table = [
            (Ending::Judged(0), 0),
            (Ending::Judged(43), 43),
            (Ending::Judged(71), 71),
            (Ending::Done, 0),
            (Ending::Usage, 2),
            (Ending::BadInput, 3),
            (Ending::Bug, 70),
            (Ending::CouldNotLook, 71),
        ];
        for (ending, expected) in table {
            assert_eq!(ending.code(), expected, "{ending:?}");
        }
    }
}
