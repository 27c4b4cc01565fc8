//! Partitions: DNS suffixes and control hosts.

use crate::inputs::{Partition, Region};

/// What host names of a partition end in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Suffixes {
    /// `amazonaws.com`
    pub plain: &'static str,
    /// `api.aws`
    pub dual_stack: &'static str,
    /// `on.aws`; none where no dual-stack registry host is known.
    pub dual_stack_registry: Option<&'static str>,
}

/// The suffixes of a partition.
pub fn suffixes(partition: Partition) -> Suffixes {
    let _ = partition;
    Suffixes { plain: "amazonaws.com", dual_stack: "api.aws", dual_stack_registry: Some("on.aws") }
}

/// Hosts asked only to learn whether there is a way out of the VPC.
pub fn control_hosts(region: &Region) -> Vec<String> {
    let _ = region;
    Vec::new()
}
