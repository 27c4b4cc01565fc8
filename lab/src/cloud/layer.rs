//! The content of layers: made from a number, the same each time, and never held.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use aws_lc_rs::digest;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use super::sigv4::hex;

/// Every block is the same but for its head.
const BLOCK: usize = 64 * 1024;
/// So many blocks are written at once.
const AT_ONCE: usize = 4;
/// A slow layer comes in pieces of so much of a second.
const PIECES_PER_SECOND: u64 = 20;
/// What each block begins with; a layer so begins as gzip does.
const MAGIC: [u8; 8] = [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0];

/// The content of one blob.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// So many bytes made from a number.
    Made {
        /// The number.
        seed: u64,
        /// How many.
        length: u64,
    },
    /// These.
    Given(Vec<u8>),
}

impl Content {
    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        match self {
            Self::Made { length, .. } => *length,
            Self::Given(bytes) => bytes.len() as u64,
        }
    }

    /// Its digest, with `sha256:` in front.
    pub fn digest(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        let mut pieces = Pieces::new(self);
        let mut from = 0;
        while let Some(piece) = pieces.next(from, self.length()) {
            context.update(piece);
            from += piece.len() as u64;
        }
        format!("sha256:{}", hex(context.finish().as_ref()))
    }
}

/// A part of a blob.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The blob.
    pub content: Content,
    /// The first byte.
    pub from: u64,
    /// How many bytes.
    pub length: u64,
    /// The byte that is another.
    pub corrupt: Option<u64>,
}

impl Slice {
    /// The whole blob.
    #[cfg(test)]
    pub fn whole(content: &Content) -> Self {
        Self { content: content.clone(), from: 0, length: content.length(), corrupt: None }
    }

    /// Writes so much of it, at so many bytes a second where that is limited.
    pub async fn write<S: AsyncWrite + Unpin>(&self, stream: &mut S, most: u64, rate: Option<u64>) -> io::Result<()> {
        let shortest = rate.map_or(u64::MAX, |rate| (rate / PIECES_PER_SECOND).max(1));
        let shortest = usize::try_from(shortest).unwrap_or(usize::MAX);
        let mut pieces = Pieces::new(&self.content);
        let mut from = self.from;
        let end = self.from + self.length.min(most);
        while let Some(piece) = pieces.next(from, end) {
            let piece = &piece[..piece.len().min(shortest)];
            if let Some(rate) = rate {
                sleep(Duration::from_nanos(1_000_000_000 * piece.len() as u64 / rate.max(1))).await;
            }
            match self.corrupt.and_then(|at| usize::try_from(at.checked_sub(from)?).ok()).filter(|at| *at < piece.len())
            {
                Some(at) => {
                    let mut other = piece.to_vec();
                    other[at] ^= 0x40;
                    stream.write_all(&other).await?;
                }
                None => stream.write_all(piece).await?,
            }
            if rate.is_some() {
                stream.flush().await?;
            }
            from += piece.len() as u64;
        }
        stream.flush().await
    }
}

/// A few blocks, whose heads are written anew for each use.
struct Pieces<'a> {
    content: &'a Content,
    blocks: Vec<u8>,
}

impl<'a> Pieces<'a> {
    fn new(content: &'a Content) -> Self {
        let blocks = match content {
            Content::Made { .. } => pattern().repeat(AT_ONCE),
            Content::Given(_) => Vec::new(),
        };
        Self { content, blocks }
    }

    /// The next bytes from there, of which there are some unless the end is reached.
    fn next(&mut self, from: u64, end: u64) -> Option<&[u8]> {
        if from >= end {
            return None;
        }
        let left = usize::try_from(end - from).unwrap_or(usize::MAX);
        match self.content {
            Content::Given(bytes) => {
                let at = usize::try_from(from).ok()?;
                bytes.get(at..bytes.len().min(at.saturating_add(left)))
            }
            Content::Made { seed, .. } => {
                let first = from / BLOCK as u64;
                for (number, block) in (first..).zip(self.blocks.chunks_exact_mut(BLOCK)) {
                    block[8..16].copy_from_slice(&seed.to_be_bytes());
                    block[16..24].copy_from_slice(&number.to_be_bytes());
                }
                let at = usize::try_from(from % BLOCK as u64).ok()?;
                Some(&self.blocks[at..self.blocks.len().min(at.saturating_add(left))])
            }
        }
    }
}

/// One block, which no compression makes smaller.
fn pattern() -> &'static [u8] {
    static PATTERN: OnceLock<Vec<u8>> = OnceLock::new();
    PATTERN.get_or_init(|| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut block = MAGIC.to_vec();
        while block.len() < BLOCK {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block.extend_from_slice(&state.to_be_bytes());
        }
        block
    })
}

/// A number from a name.
pub fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::super::sigv4::sha256;
    use super::*;

    async fn written(slice: &Slice) -> Vec<u8> {
        let mut bytes = Vec::new();
        slice.write(&mut bytes, u64::MAX, None).await.unwrap();
        bytes
    }

    #[tokio::test]
    async fn what_is_written_has_the_digest() {
        for length in [0, 1, 65_535, 65_536, 262_144, 1_000_003] {
            let content = Content::Made { seed: seed("app:1.0 0"), length };
            let bytes = written(&Slice::whole(&content)).await;
            assert_eq!(bytes.len() as u64, length);
            assert_eq!(format!("sha256:{}", sha256(&bytes)), content.digest(), "{length}");
        }
    }

    #[tokio::test]
    async fn a_part_is_the_same_part_of_the_whole() {
        let content = Content::Made { seed: 7, length: 700_000 };
        let whole = written(&Slice::whole(&content)).await;
        for (from, length) in [(0_usize, 2_usize), (65_530, 20), (131_072, 400_000), (699_999, 1)] {
            let slice = Slice { content: content.clone(), from: from as u64, length: length as u64, corrupt: None };
            assert_eq!(written(&slice).await, whole[from..from + length], "{from}");
        }
    }

    #[tokio::test]
    async fn exactly_one_byte_is_corrupt() {
        for content in [Content::Made { seed: 7, length: 300_000 }, Content::Given(vec![7; 300_000])] {
            let whole = written(&Slice::whole(&content)).await;
            let corrupt = written(&Slice { corrupt: Some(150_000), ..Slice::whole(&content) }).await;
            let other: Vec<usize> = (0..whole.len()).filter(|&at| whole[at] != corrupt[at]).collect();
            assert_eq!(other, [150_000]);
        }
    }

    #[test]
    fn layers_differ_from_each_other_and_not_from_run_to_run() {
        let digest = |name: &str| Content::Made { seed: seed(name), length: 4000 }.digest();
        assert_eq!(digest("app:1.0 2"), digest("app:1.0 2"));
        assert_ne!(digest("app:1.0 2"), digest("app:1.0 1"));
        assert_eq!(digest("app:1.0 2"), "sha256:9860087fe4ac998d5e7ef4ff0959e27c637080cb114dffb252b330b26734bcaa");
    }
}
