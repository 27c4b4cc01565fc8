//! The ECS task metadata endpoint, version 4.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::inputs::{Region, Vantage, VantageKind};

/// The endpoint is on the same host: what takes longer will not come.
const LIMIT: Duration = Duration::from_secs(1);
const MAX_BYTES: usize = 1 << 20;

/// The task's description; every field may be missing, and fields may be added.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Task {
    cluster: Option<String>,
    #[serde(rename = "TaskARN")]
    task_arn: Option<String>,
    availability_zone: Option<String>,
    launch_type: Option<String>,
    pull_started_at: Option<String>,
    pull_stopped_at: Option<String>,
}

/// The container's description.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Container {
    networks: Option<Vec<Network>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Network {
    #[serde(rename = "IPv4Addresses")]
    ipv4_addresses: Option<Vec<String>>,
    #[serde(rename = "IPv6Addresses")]
    ipv6_addresses: Option<Vec<String>>,
    #[serde(rename = "IPv4SubnetCIDRBlock")]
    ipv4_subnet: Option<String>,
    #[serde(rename = "IPv6SubnetCIDRBlock")]
    ipv6_subnet: Option<String>,
    #[serde(rename = "PrivateDNSName")]
    private_dns_name: Option<String>,
}

/// Ask for both descriptions and write down what they tell.
pub(super) async fn describe(base: &str, vantage: &mut Vantage) -> Result<(), String> {
    // The platform gives a literal address; a name would be looked up by means that have no limit of ours.
    let is_literal = reqwest::Url::parse(base).is_ok_and(|url| {
        url.scheme() == "http"
            && url.host_str().is_some_and(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok())
    });
    if !is_literal {
        return Err("read the task metadata: its address is not http:// and a literal address".to_owned());
    }
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(LIMIT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|_| "read the task metadata: no client could be made".to_owned())?;
    let base = base.trim_end_matches('/');
    let task_address = format!("{base}/task");
    let (task, container) = tokio::join!(get(&client, &task_address), get(&client, base));
    // One of the two may be there, or readable, without the other.
    let task = task.and_then(|bytes| parse::<Task>(&bytes)).map(|task| write_task(&task, vantage));
    let container = container.and_then(|bytes| parse::<Container>(&bytes)).map(|c| write_container(&c, vantage));
    task.and(container)
}

async fn get(client: &reqwest::Client, address: &str) -> Result<Vec<u8>, String> {
    let failed = |error: reqwest::Error| {
        let cause = if error.is_timeout() { "no answer in 1 s" } else { "no connection, or no HTTP" };
        format!("read the task metadata: {cause}")
    };
    let mut response = client.get(address).send().await.map_err(failed)?;
    if !response.status().is_success() {
        return Err(format!("read the task metadata: status {}", response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BYTES {
            return Err(format!("read the task metadata: more than {MAX_BYTES} bytes"));
        }
    }
    Ok(body)
}

fn parse<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, String> {
    crate::json::read(bytes).ok_or_else(|| "read the task metadata: it is not the JSON of version 4".to_owned())
}

fn write_task(task: &Task, vantage: &mut Vantage) {
    vantage.cluster.clone_from(&task.cluster);
    vantage.task_arn.clone_from(&task.task_arn);
    vantage.availability_zone.clone_from(&task.availability_zone);
    if task.launch_type.as_deref() == Some("FARGATE") {
        vantage.kind = VantageKind::Fargate;
    }
    vantage.image_pull_ms = pull_ms(task);
    if vantage.region.is_none() {
        let region = task.task_arn.as_deref().and_then(|arn| arn.split(':').nth(3)).and_then(Region::parse);
        vantage.region = region.map(|region| region.to_string());
    }
}

fn pull_ms(task: &Task) -> Option<u64> {
    let at = |text: &Option<String>| OffsetDateTime::parse(text.as_deref()?, &Rfc3339).ok();
    u64::try_from((at(&task.pull_stopped_at)? - at(&task.pull_started_at)?).whole_milliseconds()).ok()
}

fn write_container(container: &Container, vantage: &mut Vantage) {
    for network in container.networks.iter().flatten() {
        let addresses = network.ipv4_addresses.iter().chain(&network.ipv6_addresses).flatten();
        vantage.addresses.extend(addresses.filter_map(|text| text.parse::<IpAddr>().ok()));
        let subnet = |text: &Option<String>| text.as_deref()?.parse::<IpNet>().ok().map(|subnet| subnet.trunc());
        let (v4, v6) = (subnet(&network.ipv4_subnet), subnet(&network.ipv6_subnet));
        if vantage.subnet_cidr.is_none() {
            vantage.subnet_cidr = v4.or(v6);
            vantage.subnet_cidr_ipv6 = v4.and(v6);
        }
        if vantage.private_dns_name.is_none() {
            vantage.private_dns_name = network.private_dns_name.clone().filter(|name| !name.is_empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fargate_task_tells_where_it_stands() {
        let task = br#"{"Cluster":"arn:aws:ecs:eu-west-1:123456789012:cluster/c","TaskARN":
            "arn:aws:ecs:eu-west-1:123456789012:task/c/0123","AvailabilityZone":"eu-west-1b","LaunchType":"FARGATE",
            "PullStartedAt":"2026-11-21T10:00:00.5Z","PullStoppedAt":"2026-11-21T10:00:04Z","New":{"x":1}}"#;
        let container = br#"{"Networks":[{"IPv4Addresses":["10.0.1.7","garbage"],"IPv6Addresses":["2600:1f14::7"],
            "IPv4SubnetCIDRBlock":"10.0.1.0/24","IPv6SubnetCIDRBlock":"2600:1f14::/64",
            "PrivateDNSName":"ip-10-0-1-7.eu-west-1.compute.internal"}]}"#;
        let mut vantage = Vantage::default();
        write_task(&parse(task).unwrap(), &mut vantage);
        write_container(&parse(container).unwrap(), &mut vantage);
        assert_eq!(vantage.kind, VantageKind::Fargate);
        assert_eq!(vantage.region.as_deref(), Some("eu-west-1"));
        assert_eq!(vantage.image_pull_ms, Some(3_500));
        assert_eq!(vantage.addresses.len(), 2);
        assert_eq!(vantage.subnet_cidr, Some("10.0.1.0/24".parse().unwrap()));
        assert_eq!(vantage.subnet_cidr_ipv6, Some("2600:1f14::/64".parse().unwrap()));
    }

    #[test]
    fn a_field_may_be_null() {
        let container =
            br#"{"Networks":[{"IPv4Addresses":null,"IPv6Addresses":["2600:1f14::7"],"PrivateDNSName":null}]}"#;
        let mut vantage = Vantage::default();
        write_container(&parse(container).unwrap(), &mut vantage);
        write_container(&parse(br#"{"Networks":null}"#).unwrap(), &mut vantage);
        assert_eq!(vantage.addresses.len(), 1);
    }

    #[test]
    fn garbage_is_a_sentence() {
        for bytes in [&b"<html>"[..], b"[1,2]", b"{\"Cluster\":7}", b"\xff"] {
            assert!(parse::<Task>(bytes).unwrap_err().starts_with("read the task metadata: "));
        }
    }
}
