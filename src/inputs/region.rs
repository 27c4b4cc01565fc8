//! Regions and the partitions they belong to.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A Region's name that fits a partition.
#[derive(Clone, Debug, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub struct Region(String);

/// A separate world of AWS, with its own DNS suffixes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Partition {
    /// The commercial Regions.
    Aws,
    /// China.
    AwsCn,
    /// GovCloud (US).
    AwsUsGov,
    /// The US secret and top-secret Regions and their siblings.
    AwsIso,
    /// As above, `us-isob`.
    AwsIsoB,
    /// As above, `eu-isoe`.
    AwsIsoE,
    /// As above, `us-isof`.
    AwsIsoF,
    /// The European Sovereign Cloud.
    AwsEusc,
}

impl Partition {
    /// Every partition.
    pub const ALL: &[Self] = &[
        Self::Aws,
        Self::AwsCn,
        Self::AwsUsGov,
        Self::AwsIso,
        Self::AwsIsoB,
        Self::AwsIsoE,
        Self::AwsIsoF,
        Self::AwsEusc,
    ];

    /// The id used in ARNs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsIsoE => "aws-iso-e",
            Self::AwsIsoF => "aws-iso-f",
            Self::AwsEusc => "aws-eusc",
        }
    }

    /// What the names of its hosts end in: `amazonaws.com`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "amazonaws.com",
            Self::AwsCn => "amazonaws.com.cn",
            Self::AwsIso => "c2s.ic.gov",
            Self::AwsIsoB => "sc2s.sgov.gov",
            Self::AwsIsoE => "cloud.adc-e.uk",
            Self::AwsIsoF => "csp.hci.ic.gov",
            Self::AwsEusc => "amazonaws.eu",
        }
    }

    /// What its dual-stack registries' names end in: `on.aws`; none where that is not known.
    pub fn registry_suffix(self) -> Option<&'static str> {
        match self {
            Self::Aws | Self::AwsUsGov => Some("on.aws"),
            Self::AwsCn => Some("on.amazonwebservices.com.cn"),
            Self::AwsIso | Self::AwsIsoB | Self::AwsIsoE | Self::AwsIsoF | Self::AwsEusc => None,
        }
    }

    /// The partition whose Regions look like this name.
    fn of(region: &str) -> Option<Self> {
        let (prefix, rest) = PREFIXES
            .iter()
            .find_map(|(prefix, partition)| region.strip_prefix(prefix).map(|rest| (*partition, rest)))?;
        let (word, number) = rest.split_once('-')?;
        let is_word =
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let is_number = !number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
        (is_word && is_number).then_some(prefix)
    }
}

/// Longer prefixes first: `us-gov-` before `us-`.
const PREFIXES: &[(&str, Partition)] = &[
    ("us-gov-", Partition::AwsUsGov),
    ("us-isob-", Partition::AwsIsoB),
    ("us-isof-", Partition::AwsIsoF),
    ("us-iso-", Partition::AwsIso),
    ("eu-isoe-", Partition::AwsIsoE),
    ("eusc-de-", Partition::AwsEusc),
    ("cn-", Partition::AwsCn),
    ("us-", Partition::Aws),
    ("eu-", Partition::Aws),
    ("ap-", Partition::Aws),
    ("sa-", Partition::Aws),
    ("ca-", Partition::Aws),
    ("me-", Partition::Aws),
    ("af-", Partition::Aws),
    ("il-", Partition::Aws),
    ("mx-", Partition::Aws),
];

impl Region {
    /// Accept a name that fits a partition.
    pub fn parse(name: &str) -> Option<Self> {
        Partition::of(name).map(|_| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition it belongs to.
    pub fn partition(&self) -> Partition {
        Partition::of(&self.0).expect("a Region is only made of a name that fits a partition")
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl TryFrom<String> for Region {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::parse(&name).ok_or_else(|| format!("region {name}: fits no partition"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_fits_one_partition_or_none() {
        let table = [
            ("ap-northeast-1", Some(Partition::Aws)),
            ("us-east-1", Some(Partition::Aws)),
            ("us-gov-west-1", Some(Partition::AwsUsGov)),
            ("us-iso-east-1", Some(Partition::AwsIso)),
            ("us-isob-west-1", Some(Partition::AwsIsoB)),
            ("us-isof-south-1", Some(Partition::AwsIsoF)),
            ("eu-isoe-west-1", Some(Partition::AwsIsoE)),
            ("cn-northwest-1", Some(Partition::AwsCn)),
            ("eusc-de-east-1", Some(Partition::AwsEusc)),
            ("mx-central-1", Some(Partition::Aws)),
            ("us-east-1a", None),
            ("us-west-2-lax-1", None),
            ("xx-east-1", None),
            ("AP-NORTHEAST-1", None),
            ("us-east", None),
            ("us-east-", None),
            ("", None),
            ("ap-northeast-1.evil.example", None),
        ];
        for (name, expected) in table {
            assert_eq!(Region::parse(name).map(|region| region.partition()), expected, "{name}");
        }
    }
}
