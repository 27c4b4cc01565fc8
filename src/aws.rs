//! Who we are to AWS, and how a request says so: the only keeper of secrets.

mod container;
mod credentials;
mod element;
mod scrub;
mod sign;
mod source;

pub use credentials::{Credentials, Unavailable};
pub use element::element;
pub use scrub::Scrubber;
pub use sign::{Body, SigningScope, Unsignable, Unsigned, encoded_path, sign};
pub use source::{Source, SourceKind};
