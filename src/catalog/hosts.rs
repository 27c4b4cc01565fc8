//! From a service and a site to names: hosts, endpoint services, and the way back from a host to its service.

use super::{Hosts, Question, Reach, Service, Site, suffixes};
use crate::inputs::{Partition, Region};

impl Service {
    /// The host that clients so configured connect to; the nearest one there is, where that one does not exist.
    pub fn host(&self, site: &Site<'_>) -> String {
        let nearest = [(site.fips, site.dual_stack), (site.fips, false), (false, site.dual_stack), (false, false)];
        nearest
            .into_iter()
            .find_map(|(fips, dual_stack)| self.exact_host(&Site { fips, dual_stack, ..*site }))
            .expect("a plain host has only placeholders that every partition fills")
    }

    /// The host in exactly the form that the site asks for, where there is one.
    pub fn exact_host(&self, site: &Site<'_>) -> Option<String> {
        let hosts = self.hosts_in(site.region.partition());
        let template = match (site.fips, site.dual_stack) {
            (false, false) => Some(hosts.plain),
            (false, true) => hosts.dual_stack,
            (true, false) => hosts.fips,
            (true, true) => hosts.fips_dual_stack,
        };
        fill(template?, site)
    }

    /// The service name of the endpoint that carries it: the gateway's where there is one.
    pub fn endpoint_service(&self, site: &Site<'_>) -> String {
        match self.reach {
            Reach::GatewayOrInterface => self.endpoint.gateway(site.region),
            Reach::Interface | Reach::Nothing => self.interface_service(site),
        }
    }

    /// The service name of the interface endpoint that carries it.
    pub fn interface_service(&self, site: &Site<'_>) -> String {
        let fips = self.fips_endpoint.as_ref().filter(|_| site.fips);
        fips.unwrap_or(&self.endpoint).interface(site.region)
    }

    /// What is asked of it without credentials.
    pub fn question(&self) -> Question {
        self.call.question()
    }

    /// Whether the service exists in a Region.
    pub fn is_in(&self, region: &Region) -> bool {
        self.only_in.is_none_or(|only| only == region.as_str())
    }

    /// Whether a host of this Region belongs to it, in whichever form.
    pub fn owns(&self, host: &str, site: &Site<'_>) -> bool {
        const FORMS: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];
        FORMS
            .iter()
            .filter_map(|&(fips, dual_stack)| self.exact_host(&Site { fips, dual_stack, ..*site }))
            .any(|made| if self.own_label { is_beneath(host, &made) } else { host == made })
    }

    fn hosts_in(&self, partition: Partition) -> &Hosts {
        let differs = self.elsewhere.iter().find(|(partitions, _)| partitions.contains(&partition));
        differs.map_or(&self.hosts, |(_, hosts)| hosts)
    }
}

/// Whether a host has the same parent as `made`, or is that parent.
fn is_beneath(host: &str, made: &str) -> bool {
    let Some((_, parent)) = made.split_once('.') else { return false };
    host == parent || host.strip_suffix(parent).is_some_and(|label| label.ends_with('.'))
}

/// Fill a template; none where the partition has nothing to fill it with.
fn fill(template: &str, site: &Site<'_>) -> Option<String> {
    let suffixes = suffixes(site.region.partition());
    let registry = match suffixes.dual_stack_registry {
        Some(registry) => registry,
        None if template.contains("{registry}") => return None,
        None => "",
    };
    Some(
        template
            .replace("{region}", site.region.as_str())
            .replace("{suffix}", suffixes.plain)
            .replace("{dual}", suffixes.dual_stack)
            .replace("{registry}", registry)
            .replace("{account}", site.account),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{all, find};

    fn site(region: &Region, form: &str) -> Site<'static> {
        let region = Box::leak(Box::new(region.clone()));
        Site { region, account: "123456789012", fips: form.contains('f'), dual_stack: form.contains('d') }
    }

    fn host(id: &str, region: &str, form: &str) -> String {
        find(id).unwrap().host(&site(&Region::parse(region).unwrap(), form))
    }

    #[test]
    fn hosts_have_the_form_that_is_asked_for() {
        let table = [
            ("ecr.api", "ap-northeast-1", "", "api.ecr.ap-northeast-1.amazonaws.com"),
            ("ecr.api", "ap-northeast-1", "d", "ecr.ap-northeast-1.api.aws"),
            ("ecr.api", "us-gov-west-1", "f", "api.ecr-fips.us-gov-west-1.amazonaws.com"),
            ("ecr.api", "us-east-1", "fd", "ecr-fips.us-east-1.api.aws"),
            ("ecr.dkr", "ap-northeast-1", "", "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com"),
            ("ecr.dkr", "ap-northeast-1", "d", "123456789012.dkr-ecr.ap-northeast-1.on.aws"),
            ("ecr.dkr", "us-east-1", "fd", "123456789012.dkr-ecr-fips.us-east-1.on.aws"),
            ("ecr.dkr", "cn-north-1", "", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
            ("ecr.dkr", "cn-north-1", "d", "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn"),
            ("ecr.dkr", "eusc-de-east-1", "d", "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu"),
            ("s3", "ap-northeast-1", "", "prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com"),
            ("s3", "us-east-1", "d", "prod-us-east-1-starport-layer-bucket.s3.dualstack.us-east-1.amazonaws.com"),
            ("s3", "us-east-1", "fd", "prod-us-east-1-starport-layer-bucket.s3-fips.dualstack.us-east-1.amazonaws.com"),
            ("s3", "cn-north-1", "f", "prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn"),
            ("logs", "us-gov-west-1", "f", "logs.us-gov-west-1.amazonaws.com"),
            ("logs", "us-east-2", "f", "logs-fips.us-east-2.amazonaws.com"),
            ("secretsmanager", "us-east-1", "d", "secretsmanager.us-east-1.amazonaws.com"),
            ("secretsmanager", "us-gov-west-1", "f", "secretsmanager-fips.us-gov-west-1.amazonaws.com"),
            ("events", "us-gov-east-1", "fd", "events.us-gov-east-1.api.aws"),
            ("ecs-agent", "ap-northeast-1", "fd", "ecs-a.ap-northeast-1.amazonaws.com"),
        ];
        for (id, region, form, expected) in table {
            assert_eq!(host(id, region, form), expected, "{id} {region} {form}");
        }
    }

    #[test]
    fn endpoint_services_have_the_prefix_of_their_region() {
        let table = [
            ("ecr.api", "ap-northeast-1", "", "com.amazonaws.ap-northeast-1.ecr.api"),
            ("ecr.api", "us-gov-west-1", "f", "com.amazonaws.us-gov-west-1.ecr-fips.api"),
            ("ecr.api", "cn-north-1", "", "cn.com.amazonaws.cn-north-1.ecr.api"),
            ("ecr.dkr", "eusc-de-east-1", "", "eu.amazonaws.eusc-de-east-1.ecr.dkr"),
            ("ecr.dkr", "us-iso-east-1", "", "gov.ic.c2s.us-iso-east-1.ecr.dkr"),
            ("ecr.dkr", "us-isob-west-1", "", "gov.sgov.sc2s.us-isob-west-1.ecr.dkr"),
            ("sqs", "us-isob-west-1", "", "com.amazonaws.us-isob-west-1.sqs"),
            ("sqs", "us-isob-east-1", "", "gov.sgov.sc2s.us-isob-east-1.sqs"),
            ("monitoring", "us-iso-east-1", "", "com.amazonaws.us-iso-east-1.monitoring"),
            ("monitoring", "us-iso-west-1", "", "gov.ic.c2s.us-iso-west-1.monitoring"),
            ("logs", "cn-north-1", "", "com.amazonaws.cn-north-1.logs"),
            ("s3", "cn-north-1", "", "com.amazonaws.cn-north-1.s3"),
            ("elasticfilesystem", "us-isob-west-1", "f", "gov.sgov.sc2s.us-isob-west-1.elasticfilesystem-fips"),
            ("elasticfilesystem", "us-isob-west-1", "", "com.amazonaws.us-isob-west-1.elasticfilesystem"),
            ("ecr-public", "us-east-1", "", "com.amazonaws.us-east-1.ecr-public.api"),
        ];
        for (id, region, form, expected) in table {
            let region = Region::parse(region).unwrap();
            assert_eq!(find(id).unwrap().endpoint_service(&site(&region, form)), expected, "{id} {region}");
        }
        let china = Region::parse("cn-north-1").unwrap();
        assert_eq!(find("s3").unwrap().interface_service(&site(&china, "")), "cn.com.amazonaws.cn-north-1.s3");
    }

    #[test]
    fn a_host_leads_back_to_its_service() {
        let region = Region::parse("ap-northeast-1").unwrap();
        let table = [
            ("logs.ap-northeast-1.amazonaws.com", Some("logs")),
            ("logs.ap-northeast-1.api.aws", Some("logs")),
            ("s3.ap-northeast-1.amazonaws.com", Some("s3")),
            ("my.bucket.s3.dualstack.ap-northeast-1.amazonaws.com", Some("s3")),
            ("abc.execute-api.ap-northeast-1.amazonaws.com", Some("execute-api")),
            ("210987654321.dkr.ecr.ap-northeast-1.amazonaws.com", Some("ecr.dkr")),
            ("evils3.ap-northeast-1.amazonaws.com", None),
            ("logs.us-east-1.amazonaws.com", None),
            ("example.com", None),
        ];
        for (host, expected) in table {
            let owner = all().iter().find(|service| service.owns(host, &site(&region, ""))).map(|service| service.id);
            assert_eq!(owner, expected, "{host}");
        }
    }

    #[test]
    fn every_host_of_every_service_is_filled_and_belongs_to_one_service() {
        for region in
            ["ap-northeast-1", "us-east-1", "cn-north-1", "us-gov-west-1", "us-isof-south-1", "eusc-de-east-1"]
        {
            let region = Region::parse(region).unwrap();
            for service in all() {
                for form in ["", "d", "f", "fd"] {
                    let host = service.host(&site(&region, form));
                    assert!(!host.contains(['{', '}']), "{host}");
                    let owners = all().iter().filter(|other| other.owns(&host, &site(&region, ""))).count();
                    assert_eq!(owners, 1, "{host}");
                }
            }
        }
    }
}
