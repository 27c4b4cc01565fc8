//! Every secret that the lab hands out, and where each may go.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::scenario::matches;

/// Shorter texts are found everywhere.
const SHORTEST: usize = 8;
/// So much of a long secret is enough to know it again.
const PIECE: usize = 24;
/// What a presigned address has and nothing else.
const PRESIGNED: &str = "X-Amz-Signature=";

/// The hosts that a secret is for.
#[derive(Clone, Debug)]
pub enum Allowed {
    /// It never leaves the process.
    Nowhere,
    /// Services that are called with a signature.
    Aws,
    /// These hosts (`*.` at the front allowed).
    Hosts(Vec<String>),
    /// Wherever the one who made it has sent the client.
    Anywhere,
}

struct Held {
    kind: &'static str,
    pieces: Vec<String>,
    allowed: Allowed,
}

/// Every secret that the lab hands out.
#[derive(Default)]
pub struct Vault {
    held: Mutex<Vec<Held>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl Vault {
    /// Notes a secret; a text that is too short to be told from others is none.
    pub fn keep(&self, kind: &'static str, text: &str, allowed: Allowed) {
        if text.len() >= SHORTEST {
            let held = Held { kind, pieces: pieces(text), allowed };
            self.held.lock().unwrap_or_else(PoisonError::into_inner).push(held);
        }
    }

    /// The kinds of secret that a text gives away.
    pub fn leaks(&self, text: &str) -> BTreeSet<&'static str> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.iter().filter(|held| held.is_in(text)).map(|held| held.kind);
        found.chain(text.contains(PRESIGNED).then_some("presigned query")).collect()
    }

    /// The kinds of secret in a request that are not for its host.
    pub fn strays(&self, text: &str, host: &str, aws: bool) -> BTreeSet<&'static str> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let stray = |held: &&Held| match &held.allowed {
            Allowed::Nowhere => true,
            Allowed::Aws => !aws,
            Allowed::Hosts(hosts) => hosts.iter().all(|own| !matches(own, host)),
            Allowed::Anywhere => false,
        };
        held.iter().filter(stray).filter(|held| held.is_in(text)).map(|held| held.kind).collect()
    }
}

impl Held {
    fn is_in(&self, text: &str) -> bool {
        self.pieces.iter().any(|piece| text.contains(piece.as_str()))
    }
}

/// A secret that was cut short has leaked too.
fn pieces(text: &str) -> Vec<String> {
    let length = text.len();
    if length < 4 * PIECE || !text.is_ascii() {
        return vec![text.to_owned()];
    }
    [PIECE / 2, length / 2, length - PIECE - PIECE / 2].map(|at| text[at..at + PIECE].to_owned()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_whole_and_cut_short() {
        let vault = Vault::default();
        let token = super::super::random::token(400);
        vault.keep("session token", &token, Allowed::Aws);
        vault.keep("secret", "hunter22", Allowed::Nowhere);
        vault.keep("nothing", "on", Allowed::Nowhere);
        let table = [
            (format!("x{token}y"), vec!["session token"]),
            (token[..60].to_owned(), vec!["session token"]),
            (token.replace('/', "%2F").replace('+', "%2B"), vec!["session token"]),
            ("the password is hunter22".to_owned(), vec!["secret"]),
            ("https://b.example/?X-Amz-Signature=00".to_owned(), vec!["presigned query"]),
            ("nothing on this line".to_owned(), vec![]),
        ];
        for (text, expected) in table {
            assert_eq!(vault.leaks(&text).into_iter().collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_is_for_its_hosts_only() {
        let vault = Vault::default();
        vault.keep("registry token", "abcdefghij", Allowed::Hosts(vec!["*.dkr.example".to_owned()]));
        vault.keep("session token", "0123456789", Allowed::Aws);
        assert!(vault.strays("Basic abcdefghij", "1.dkr.example", false).is_empty());
        assert!(vault.strays("Basic abcdefghij", "layers.example", false).contains("registry token"));
        assert!(vault.strays("0123456789", "logs.example", true).is_empty());
        assert!(vault.strays("0123456789", "layers.example", false).contains("session token"));
    }
}
