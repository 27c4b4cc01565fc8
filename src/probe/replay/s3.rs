//! Asking S3 for an environment file.

use super::apis::Call;
use crate::aws::encoded_path;
use crate::plan::{Check, EnvironmentFile};

/// `HEAD` of the object, as the platform does before it fetches it.
pub(super) fn head(check: &Check, file: &EnvironmentFile) -> Call {
    Call { service: "s3", method: "HEAD", target: target(check, file), headers: Vec::new(), body: Vec::new() }
}

/// `GET` of its first byte, whose refusal has words.
pub(super) fn first_byte(check: &Check, file: &EnvironmentFile) -> Call {
    let headers = vec![("range".to_owned(), "bytes=0-0".to_owned())];
    Call { service: "s3", method: "GET", target: target(check, file), headers, body: Vec::new() }
}

fn target(check: &Check, file: &EnvironmentFile) -> String {
    let key = encoded_path(&file.key);
    let is_own_host = check.host.strip_prefix(&file.bucket).is_some_and(|rest| rest.starts_with('.'));
    if is_own_host { format!("/{key}") } else { format!("/{}/{key}", file.bucket) }
}
