//! The services of AWS as the world outside sees them: names by region, and what each speaks.

use crate::scenario::matches;

/// The DNS suffixes of a partition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Partition {
    /// Its id, as in ARNs.
    pub id: &'static str,
    /// Of ordinary hosts.
    pub suffix: &'static str,
    /// Of dual-stack hosts.
    pub dual: &'static str,
    /// Of dual-stack registries.
    pub registry: &'static str,
}

const AWS: Partition = Partition { id: "aws", suffix: "amazonaws.com", dual: "api.aws", registry: "on.aws" };

const OTHERS: [(&str, Partition); 4] = [
    (
        "cn-",
        Partition {
            id: "aws-cn",
            suffix: "amazonaws.com.cn",
            dual: "api.amazonwebservices.com.cn",
            registry: "on.amazonwebservices.com.cn",
        },
    ),
    ("us-gov-", Partition { id: "aws-us-gov", ..AWS }),
    (
        "eusc-",
        Partition {
            id: "aws-eusc",
            suffix: "amazonaws.eu",
            dual: "api.amazonwebservices.eu",
            registry: "on.amazonwebservices.eu",
        },
    ),
    ("us-iso-", Partition { id: "aws-iso", suffix: "c2s.ic.gov", dual: "api.aws.ic.gov", registry: "on.aws.ic.gov" }),
];

/// The partition of a region.
pub fn partition(region: &str) -> Partition {
    OTHERS.iter().find(|(start, _)| region.starts_with(start)).map_or(AWS, |(_, partition)| *partition)
}

/// Regions whose public addresses exist in the world beside the scenario's own.
pub fn other_regions(region: &str) -> &'static [&'static str] {
    match partition(region).id {
        "aws-cn" => &["cn-north-1", "cn-northwest-1"],
        "aws-us-gov" => &["us-gov-west-1", "us-gov-east-1"],
        "aws" => &["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"],
        _ => &[],
    }
}

/// What a server speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wire {
    /// JSON 1.1 with `__type`.
    Json,
    /// REST with JSON errors and `x-amzn-errortype`.
    RestJson,
    /// The query protocol with XML errors.
    Query,
    /// S3.
    S3,
    /// A private registry: Basic challenge.
    Registry,
    /// A public registry: Bearer challenge.
    Bearer,
    /// The caller's address as text.
    CheckIp,
    /// A page.
    Page,
    /// Bytes over TCP, no TLS.
    Tcp,
    /// Task metadata over plain HTTP.
    Metadata,
}

/// A service in one region.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its id, as in `com.amazonaws.<region>.<id>`.
    pub id: String,
    /// The names it answers to and its certificate carries; `*.` stands for any label.
    pub names: Vec<String>,
    /// What it speaks.
    pub wire: Wire,
}

const PLAIN: [(&str, Wire); 22] = [
    ("logs", Wire::Json),
    ("secretsmanager", Wire::Json),
    ("ssm", Wire::Json),
    ("ssmmessages", Wire::Json),
    ("ec2messages", Wire::Json),
    ("kms", Wire::Json),
    ("sts", Wire::Query),
    ("ecs", Wire::Json),
    ("monitoring", Wire::Query),
    ("events", Wire::Json),
    ("xray", Wire::RestJson),
    ("sqs", Wire::Query),
    ("sns", Wire::Query),
    ("dynamodb", Wire::Json),
    ("lambda", Wire::RestJson),
    ("firehose", Wire::Json),
    ("kinesis", Wire::Json),
    ("states", Wire::Json),
    ("ec2", Wire::Query),
    ("stream-logs", Wire::Json),
    ("guardduty-data", Wire::RestJson),
    ("route53resolver", Wire::Json),
];

const SPECIAL: [(&str, &[&str], Wire); 12] = [
    ("ecr.api", &["api.ecr.{R}.{S}", "ecr.{R}.{D}"], Wire::Json),
    ("ecr.dkr", &["dkr.ecr.{R}.{S}", "*.dkr.ecr.{R}.{S}", "dkr-ecr.{R}.{O}", "*.dkr-ecr.{R}.{O}"], Wire::Registry),
    ("ecr-fips.api", &["api.ecr-fips.{R}.{S}", "ecr-fips.{R}.{D}"], Wire::Json),
    ("ecr-fips.dkr", &["*.dkr.ecr-fips.{R}.{S}", "*.dkr-ecr-fips.{R}.{O}"], Wire::Registry),
    (
        "s3",
        &["s3.{R}.{S}", "*.s3.{R}.{S}", "s3.dualstack.{R}.{S}", "*.s3.dualstack.{R}.{S}", "*.s3-control.{R}.{S}"],
        Wire::S3,
    ),
    (
        "s3-fips",
        &["s3-fips.{R}.{S}", "*.s3-fips.{R}.{S}", "s3-fips.dualstack.{R}.{S}", "*.s3-fips.dualstack.{R}.{S}"],
        Wire::S3,
    ),
    ("ecs-agent", &["ecs-a.{R}.{S}"], Wire::Json),
    ("ecs-telemetry", &["ecs-t.{R}.{S}"], Wire::Json),
    ("execute-api", &["*.execute-api.{R}.{S}"], Wire::RestJson),
    ("elasticfilesystem", &["elasticfilesystem.{R}.{S}", "elasticfilesystem.{R}.{D}", "efs.{R}.{D}"], Wire::RestJson),
    ("elasticfilesystem-fips", &["elasticfilesystem-fips.{R}.{S}", "efs-fips.{R}.{D}"], Wire::RestJson),
    ("ecr-public.api", &["api.ecr-public.{R}.{S}", "ecr-public.{R}.{D}"], Wire::Json),
];

/// Every service that a region has.
pub fn services(region: &str) -> Vec<Service> {
    let partition = partition(region);
    let filled = |patterns: &[&str]| patterns.iter().map(|pattern| fill(pattern, region, partition)).collect();
    let special = SPECIAL.iter().map(|(id, patterns, wire)| Service {
        id: (*id).to_owned(),
        names: filled(patterns),
        wire: *wire,
    });
    let plain = PLAIN.iter().flat_map(|(id, wire)| [((*id).to_owned(), *wire), (format!("{id}-fips"), *wire)]);
    let plain = plain.map(|(id, wire)| Service {
        names: filled(&[&format!("{id}.{{R}}.{{S}}"), &format!("{id}.{{R}}.{{D}}")]),
        id,
        wire,
    });
    special.chain(plain).collect()
}

fn fill(pattern: &str, region: &str, partition: Partition) -> String {
    let named = pattern.replace("{R}", region).replace("{S}", partition.suffix);
    named.replace("{D}", partition.dual).replace("{O}", partition.registry)
}

/// The ECR alias that only the public internet knows: PrivateLink needs `api.ecr`.
pub fn public_alias(region: &str) -> String {
    format!("ecr.{region}.{}", partition(region).suffix)
}

/// The region that a name speaks of, if it is a name of a service of some region.
pub fn region_in(name: &str) -> Option<&str> {
    name.split('.').find(|label| is_region(label))
}

fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let number = parts.last().is_some_and(|last| last.len() == 1 && last.bytes().all(|b| b.is_ascii_digit()));
    parts.len() >= 3 && number && parts[..parts.len() - 1].iter().all(letters)
}

/// The service of its region that has this name.
pub fn service_of(name: &str) -> Option<(String, Service)> {
    let region = region_in(name)?.to_owned();
    if name.eq_ignore_ascii_case(&public_alias(&region)) {
        let api = services(&region).into_iter().find(|service| service.id == "ecr.api")?;
        return Some((region, api));
    }
    let found = services(&region).into_iter().find(|service| service.names.iter().any(|own| matches(own, name)))?;
    Some((region, found))
}

/// Hosts of the internet that belong to no region.
pub const INTERNET: [(&str, Wire); 14] = [
    ("checkip.amazonaws.com", Wire::CheckIp),
    ("s3.amazonaws.com", Wire::S3),
    ("*.s3.amazonaws.com", Wire::S3),
    ("sts.amazonaws.com", Wire::Query),
    ("public.ecr.aws", Wire::Bearer),
    ("registry-1.docker.io", Wire::Bearer),
    ("auth.docker.io", Wire::Page),
    ("production.cloudflare.docker.com", Wire::Page),
    ("quay.io", Wire::Bearer),
    ("ghcr.io", Wire::Bearer),
    ("registry.k8s.io", Wire::Bearer),
    ("*.cloudfront.net", Wire::Page),
    ("www.amazon.com", Wire::Page),
    ("example.com", Wire::Page),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_their_service() {
        let table = [
            ("api.ecr.ap-northeast-1.amazonaws.com", "ap-northeast-1", "ecr.api"),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", "ecr.dkr"),
            ("prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com", "us-east-1", "s3"),
            ("logs.us-gov-west-1.amazonaws.com", "us-gov-west-1", "logs"),
            ("ecr.eu-west-1.amazonaws.com", "eu-west-1", "ecr.api"),
        ];
        for (name, region, id) in table {
            let found = service_of(name).map(|(region, service)| (region, service.id));
            assert_eq!(found, Some((region.to_owned(), id.to_owned())), "{name}");
        }
    }

    #[test]
    fn other_names_lead_nowhere() {
        for name in
            ["example.com", "nothing.ap-northeast-1.amazonaws.com", "ip-10-0-1-7.ap-northeast-1.compute.internal"]
        {
            assert!(service_of(name).is_none(), "{name}");
        }
    }
}
