//! From raw words to `Inputs`: each field group by itself, each error one sentence with its place.

use super::{Inputs, Vantage};

/// What argv, the environment and files said, not yet believed.
#[derive(Clone, Debug, Default)]
pub struct RawInputs {
    /// `--region`
    pub region: Option<String>,
}

/// An input that can't be used: where it was, what it was, what was expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error(pub String);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Believe the raw inputs, or say what is wrong with them.
pub fn accept(raw: &RawInputs, vantage: &Vantage) -> Result<Inputs, Error> {
    let _ = (raw, vantage);
    Err(Error("not written".to_owned()))
}
