//! Where copies of something go, and in which order. What is written is asked for anew for each copy.

mod cloudwatch;
mod file;
mod parse;
mod remote;
mod s3;
mod stdout;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

pub use remote::{Answer, Https, Remote, Request};

/// How long a copy that leaves the host may take: an endpoint that does not answer must not keep the others waiting.
pub const REMOTE_LIMIT: Duration = Duration::from_secs(10);

/// One place for a copy.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Sink {
    /// `cloudwatch:GROUP[:STREAM]`
    CloudWatch {
        /// The log group's name.
        group: String,
        /// The log stream's name; one named for the run, where none is given.
        stream: Option<String>,
    },
    /// `s3://BUCKET/KEY`
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The object's key.
        key: String,
    },
    /// `file:PATH`
    File(PathBuf),
    /// `stdout`
    Stdout,
}

/// What is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// What it is, as a `Content-Type` says it.
    pub content_type: &'static str,
}

/// What became of one copy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Written {
    /// Where it should go.
    pub sink: Sink,
    /// Whether it got there: operation, subject and cause where not.
    pub result: Result<(), String>,
}

impl Sink {
    /// Whether its copies leave the host.
    pub fn is_remote(&self) -> bool {
        match self {
            Self::CloudWatch { .. } | Self::S3 { .. } => true,
            Self::File(_) | Self::Stdout => false,
        }
    }
}

impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CloudWatch { group, stream: None } => write!(f, "cloudwatch:{group}"),
            Self::CloudWatch { group, stream: Some(stream) } => write!(f, "cloudwatch:{group}:{stream}"),
            Self::S3 { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Stdout => f.write_str("stdout"),
        }
    }
}

/// Write the copies that leave the host, all at the same time, before any other: each within its limit, and none
/// longer than until `cut`. One that fails costs the others nothing.
pub async fn write_remote<H: Https + Send + Sync + 'static>(
    sinks: &[Sink],
    remote: Remote<H>,
    mut render: impl FnMut(&Sink) -> Rendered,
    cut: impl Future<Output = ()>,
) -> Vec<Written> {
    let remote = Arc::new(remote);
    let (mut order, mut results) = (Vec::new(), Vec::new());
    let mut writers = JoinSet::new();
    for sink in in_order(sinks).into_iter().filter(|sink| sink.is_remote()) {
        let (index, sink, copy, remote) = (order.len(), sink.clone(), render(sink), Arc::clone(&remote));
        order.push(sink.clone());
        results.push(None);
        writers.spawn(async move { (index, within_limit(&remote, &sink, copy).await) });
    }
    tokio::pin!(cut);
    let why = loop {
        tokio::select! {
            biased;
            done = writers.join_next() => match done {
                Some(Ok((index, result))) => results[index] = Some(result),
                // A writer that failed by our own fault leaves no result.
                Some(Err(_)) => {}
                None => break "a bug of vpcprobe itself",
            },
            () = &mut cut => break "not done when this process had to end",
        }
    };
    let written = |(sink, result): (Sink, Option<_>)| {
        let result = result.unwrap_or_else(|| Err(format!("write to {sink}: {why}")));
        Written { sink, result }
    };
    order.into_iter().zip(results).map(written).collect()
}

/// The outcome of every copy that should have left the host, where none can be tried.
pub fn untried(sinks: &[Sink], why: &str) -> Vec<Written> {
    let remote = in_order(sinks).into_iter().filter(|sink| sink.is_remote());
    remote.map(|sink| Written { sink: sink.clone(), result: Err(format!("write to {sink}: {why}")) }).collect()
}

async fn within_limit<H: Https>(remote: &Remote<H>, sink: &Sink, copy: Rendered) -> Result<(), String> {
    let work = async {
        match sink {
            Sink::CloudWatch { group, stream } => cloudwatch::write(remote, group, stream.as_deref(), &copy.text).await,
            Sink::S3 { bucket, key } => s3::write(remote, bucket, key, copy).await,
            Sink::File(_) | Sink::Stdout => Ok(()),
        }
    };
    let late = |_| Err(format!("write to {sink}: not done in {} s", REMOTE_LIMIT.as_secs()));
    timeout(REMOTE_LIMIT, work).await.unwrap_or_else(late)
}

/// Write a copy to each sink on this host: files first, standard output last, so that what people see names the
/// outcome of all. `render` is given the sink and the outcome of those before; a sink that fails costs the others
/// nothing.
pub fn write_local(
    sinks: &[Sink],
    before: Vec<Written>,
    mut render: impl FnMut(&Sink, &[Written]) -> Rendered,
) -> Vec<Written> {
    let mut written = before;
    for sink in in_order(sinks) {
        let write: &dyn Fn(&[u8]) -> Result<(), String> = match sink {
            Sink::CloudWatch { .. } | Sink::S3 { .. } => continue,
            Sink::File(path) => &|copy| file::write(path, copy),
            Sink::Stdout => &|copy| stdout::write(&mut std::io::stdout().lock(), copy),
        };
        let copy = render(sink, &written);
        written.push(Written { sink: sink.clone(), result: write(copy.text.as_bytes()) });
    }
    written
}

/// Each sink once: those that leave the host, files, standard output; within each kind in the order given.
fn in_order(sinks: &[Sink]) -> Vec<&Sink> {
    let mut ordered: Vec<&Sink> = Vec::new();
    for sink in sinks {
        if !ordered.contains(&sink) {
            ordered.push(sink);
        }
    }
    crate::order::by_key(&mut ordered, |sink| match sink {
        Sink::CloudWatch { .. } | Sink::S3 { .. } => 0,
        Sink::File(_) => 1,
        Sink::Stdout => 2,
    });
    ordered
}

#[cfg(test)]
mod tests;
