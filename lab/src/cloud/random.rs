//! Secrets that no run shares with another.

use aws_lc_rs::rand;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789aZ";
const UPPER: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn bytes(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rand::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

fn from(alphabet: &[u8], length: usize) -> String {
    bytes(length).into_iter().map(|byte| char::from(alphabet[usize::from(byte) % alphabet.len()])).collect()
}

/// Letters and digits.
pub fn letters(length: usize) -> String {
    from(LETTERS, length)
}

/// Capital letters and digits, as in the id of a key.
pub fn capitals(length: usize) -> String {
    from(UPPER, length)
}

/// As AWS writes tokens: what has to be escaped in an address stands at both ends, so that whoever looks for what is
/// between them finds it escaped or not.
pub fn token(length: usize) -> String {
    format!("IQ/J+{}==", letters(length))
}

/// A number in hexadecimal.
pub fn hex(digits: usize) -> String {
    from(b"0123456789abcdef", digits)
}

/// A UUID.
pub fn uuid() -> String {
    [8, 4, 4, 4, 12].map(hex).join("-")
}
