//! Whether the bytes of a blob came as they should.

use super::Reading;
use crate::observation::{Transfer, TransferEnd};

/// How what came differs from what was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flaw<'a> {
    /// The manifest's digest is another; in the observation's words.
    Manifest(&'a str),
    /// The blob's digest is another.
    Digest(&'a str),
    /// It is of another size than the manifest says: what it says, and what came or is said by the answer.
    Length(u64, u64),
    /// The connection ended first: bytes that came, and that were to come.
    CutOff(u64, u64),
}

/// The reading of a transfer of this blob. A digest is there only where the whole blob came.
pub fn read<'a>(transfer: &'a Transfer, asked: Option<&str>) -> Reading<'a> {
    let said = transfer.said_bytes.filter(|said| *said != transfer.blob_bytes);
    let short = (transfer.bytes < transfer.wanted_bytes).then_some(transfer.bytes);
    let came = transfer.digest.as_deref();
    match transfer.end {
        TransferEnd::Stalled => Reading::Stalled,
        TransferEnd::Broken => Reading::Corrupt(Flaw::CutOff(transfer.bytes, transfer.wanted_bytes)),
        TransferEnd::Whole => match (said.or(short), came.filter(|came| asked.is_some_and(|asked| asked != *came))) {
            (Some(other), _) => Reading::Corrupt(Flaw::Length(transfer.blob_bytes, other)),
            (None, Some(came)) => Reading::Corrupt(Flaw::Digest(came)),
            (None, None) => Reading::Good,
        },
    }
}
