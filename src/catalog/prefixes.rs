//! Endpoint service names: what stands before the Region differs by service and Region, not by partition alone.
//!
//! From the table `getDefaultEndpointPrefix` of aws-cdk's `vpc-endpoint.ts`; AWS documents it nowhere.

use crate::inputs::Region;

/// What a VPC endpoint is made for.
#[derive(Clone, Copy, Debug)]
pub struct EndpointService {
    /// The name behind the Region.
    pub name: &'static str,
    /// Where another prefix than `com.amazonaws` stands before the Region.
    pub prefixes: &'static [Prefix],
}

/// A prefix that is used in some Regions.
#[derive(Clone, Copy, Debug)]
pub struct Prefix {
    /// What the names of these Regions begin with.
    pub regions: &'static str,
    /// What stands before the Region.
    pub prefix: &'static str,
}

/// Both Regions in China.
pub(super) const CN: Prefix = Prefix { regions: "cn-", prefix: "cn.com.amazonaws" };
/// The European Sovereign Cloud.
pub(super) const EUSC: Prefix = Prefix { regions: "eusc-", prefix: "eu.amazonaws" };
/// Both Regions of `aws-iso`.
pub(super) const ISO: Prefix = Prefix { regions: "us-iso-", prefix: "gov.ic.c2s" };
/// The western one of them.
pub(super) const ISO_WEST: Prefix = Prefix { regions: "us-iso-west-", prefix: "gov.ic.c2s" };
/// Both Regions of `aws-iso-b`.
pub(super) const ISO_B: Prefix = Prefix { regions: "us-isob-", prefix: "gov.sgov.sc2s" };
/// The eastern one of them.
pub(super) const ISO_B_EAST: Prefix = Prefix { regions: "us-isob-east-", prefix: "gov.sgov.sc2s" };
/// The Regions of `aws-iso-f`.
pub(super) const ISO_F: Prefix = Prefix { regions: "us-isof-", prefix: "gov.ic.hci.csp" };
/// The Region of `aws-iso-e`.
pub(super) const ISO_E: Prefix = Prefix { regions: "eu-isoe-", prefix: "uk.adc-e.cloud" };

/// Where nothing else is said, and for every gateway endpoint.
const ORDINARY: &str = "com.amazonaws";

impl EndpointService {
    /// An endpoint that has the ordinary prefix everywhere.
    pub(super) const fn ordinary(name: &'static str) -> Self {
        Self { name, prefixes: &[] }
    }

    /// The name of the interface endpoint's service.
    pub fn interface(&self, region: &Region) -> String {
        let differs = self.prefixes.iter().find(|row| region.as_str().starts_with(row.regions));
        let prefix = differs.map_or(ORDINARY, |row| row.prefix);
        format!("{prefix}.{region}.{}", self.name)
    }

    /// The name of the gateway endpoint's service.
    pub fn gateway(&self, region: &Region) -> String {
        format!("{ORDINARY}.{region}.{}", self.name)
    }
}
