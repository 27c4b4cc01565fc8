//! Blobs as a store sends them: whole, in part, or as a fault has them.

use super::call::Call;
use super::image::Blob;
use super::layer::{Content, Slice};
use super::policy::{refusal, store};
use super::sigv4::sha256;
use crate::http::{Body, Response};
use crate::scenario::Act;

/// What a `Range` header asks of so many bytes.
#[derive(Debug, Eq, PartialEq)]
enum Range {
    Whole,
    Part { from: u64, length: u64 },
    Unsatisfiable,
}

fn range(header: Option<&str>, length: u64) -> Range {
    let Some((from, to)) = header.and_then(|value| value.strip_prefix("bytes=")?.split_once('-')) else {
        return Range::Whole;
    };
    let (first, last): (Option<u64>, Option<u64>) = (from.parse().ok(), to.parse().ok());
    let (from, to) = match (first, last) {
        (Some(from), Some(to)) if to >= from => (from, to.min(length.saturating_sub(1))),
        (Some(from), None) if to.is_empty() => (from, length.saturating_sub(1)),
        (None, Some(last)) if from.is_empty() && last > 0 => (length.saturating_sub(last), length.saturating_sub(1)),
        _ => return Range::Whole,
    };
    if from >= length { Range::Unsatisfiable } else { Range::Part { from, length: to - from + 1 } }
}

/// A blob as S3 sends it.
pub fn answer(call: &Call, blob: &Blob) -> Response {
    let whole = blob.content.length();
    let short = call.has(|act| matches!(act, Act::LayerShort));
    let length = if short { whole / 2 } else { whole };
    let corrupt = call.has(|act| matches!(act, Act::LayerCorrupt)).then_some(whole / 2);
    let ranged = call.request.header("range").filter(|_| !call.has(|act| matches!(act, Act::NoRange)));
    let slice = |from, length| Slice { content: blob.content.clone(), from, length, corrupt };
    match range(ranged, length) {
        Range::Whole => sent(call, 200, slice(0, length), &blob.content),
        Range::Part { from, length: part } => sent(call, 206, slice(from, part), &blob.content)
            .header("Content-Range", &format!("bytes {from}-{}/{length}", from + part - 1)),
        Range::Unsatisfiable => {
            let more = format!("<ActualObjectSize>{length}</ActualObjectSize>");
            store(call, &refusal(416, "InvalidRange", "The requested range is not satisfiable"), &more)
                .header("Content-Range", &format!("bytes */{length}"))
        }
    }
}

fn sent(call: &Call, status: u16, slice: Slice, content: &Content) -> Response {
    let tag = match content {
        Content::Given(bytes) => sha256(bytes),
        Content::Made { seed, length } => sha256(format!("{seed} {length}").as_bytes()),
    };
    let id = call.id();
    Response::with_body(status, "binary/octet-stream", Body::Layer(slice))
        .header("x-amz-request-id", &id)
        .header("x-amz-id-2", "bGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQtbGFiLWhvc3QtaWQ=")
        .header("Last-Modified", "Sun, 01 Nov 2026 00:00:00 GMT")
        .header("ETag", &format!("\"{}\"", &tag[..32]))
        .header("x-amz-server-side-encryption", "AES256")
        .header("Accept-Ranges", "bytes")
        .header("Server", "AmazonS3")
        .for_method(&call.request.method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_has_them() {
        let table = [
            (None, Range::Whole),
            (Some("bytes=0-1"), Range::Part { from: 0, length: 2 }),
            (Some("bytes=0-5000"), Range::Part { from: 0, length: 100 }),
            (Some("bytes=90-"), Range::Part { from: 90, length: 10 }),
            (Some("bytes=-7"), Range::Part { from: 93, length: 7 }),
            (Some("bytes=100-"), Range::Unsatisfiable),
            (Some("bytes=5-2"), Range::Whole),
            (Some("lines=1-2"), Range::Whole),
        ];
        for (header, expected) in table {
            assert_eq!(range(header, 100), expected, "{header:?}");
        }
    }
}
