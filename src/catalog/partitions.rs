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
    Suffixes {
        plain: partition.suffix(),
        dual_stack: dual_stack_suffix(partition),
        dual_stack_registry: partition.registry_suffix(),
    }
}

fn dual_stack_suffix(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws | Partition::AwsUsGov => "api.aws",
        Partition::AwsCn => "api.amazonwebservices.com.cn",
        Partition::AwsIso => "api.aws.ic.gov",
        Partition::AwsIsoB => "api.aws.scloud",
        Partition::AwsIsoE => "api.cloud-aws.adc-e.uk",
        Partition::AwsIsoF => "api.aws.hci.ic.gov",
        Partition::AwsEusc => "api.amazonwebservices.eu",
    }
}

/// Two Regions of a partition: the one whose S3 is the control target, and the one for those who are there.
fn pair(partition: Partition) -> Option<(&'static str, &'static str)> {
    match partition {
        Partition::Aws => Some(("us-east-1", "us-west-2")),
        Partition::AwsCn => Some(("cn-north-1", "cn-northwest-1")),
        Partition::AwsUsGov => Some(("us-gov-west-1", "us-gov-east-1")),
        Partition::AwsIso => Some(("us-iso-east-1", "us-iso-west-1")),
        Partition::AwsIsoB => Some(("us-isob-east-1", "us-isob-west-1")),
        Partition::AwsIsoF => Some(("us-isof-south-1", "us-isof-east-1")),
        Partition::AwsIsoE | Partition::AwsEusc => None,
    }
}

/// Hosts asked only to learn whether there is a way out of the VPC.
///
/// S3 in another Region is on public addresses that no prefix list of this Region holds.
pub fn control_hosts(region: &Region) -> Vec<String> {
    let partition = region.partition();
    let mut hosts = Vec::new();
    if let Some((usual, other)) = pair(partition) {
        let elsewhere = if region.as_str() == usual { other } else { usual };
        hosts.push(format!("s3.{elsewhere}.{}", partition.suffix()));
    }
    if partition == Partition::Aws {
        hosts.push("checkip.amazonaws.com".to_owned());
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_hosts_are_in_another_region_of_the_partition() {
        let table: &[(&str, &[&str])] = &[
            ("ap-northeast-1", &["s3.us-east-1.amazonaws.com", "checkip.amazonaws.com"]),
            ("us-east-1", &["s3.us-west-2.amazonaws.com", "checkip.amazonaws.com"]),
            ("us-gov-west-1", &["s3.us-gov-east-1.amazonaws.com"]),
            ("us-gov-east-1", &["s3.us-gov-west-1.amazonaws.com"]),
            ("cn-north-1", &["s3.cn-northwest-1.amazonaws.com.cn"]),
            ("cn-northwest-1", &["s3.cn-north-1.amazonaws.com.cn"]),
            ("us-iso-west-1", &["s3.us-iso-east-1.c2s.ic.gov"]),
            ("eusc-de-east-1", &[]),
            ("eu-isoe-west-1", &[]),
        ];
        for (region, expected) in table {
            assert_eq!(control_hosts(&Region::parse(region).unwrap()), *expected, "{region}");
        }
    }
}
