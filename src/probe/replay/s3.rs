//! Asking S3 for an environment file.

use super::apis::Call;
use crate::aws::encoded_path;
use crate::plan::{Check, EnvironmentFile};

/// `HEAD` of the object, as the platform does before it fetches it.
pub(super) fn head(check: &Check, file: &EnvironmentFile) -> Call {
    let key = encoded_path(&file.key);
    let is_own_host = check.host.strip_prefix(&file.bucket).is_some_and(|rest| rest.starts_with('.'));
    let target = if is_own_host { format!("/{key}") } else { format!("/{}/{key}", file.bucket) };
    Call { service: "s3", method: "HEAD", target, headers: Vec::new(), body: Vec::new() }
}
