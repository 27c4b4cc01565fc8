//! Task metadata version 4, shaped as on Fargate, and its faults.

use std::io;

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::{Request, Response, linger};
use crate::catalog;
use crate::cloud::FULL_URI;
use crate::scenario::{Credentials, Ipv6, Metadata, Vantage};
use crate::world::World;

/// The task's id, in its metadata address and its ARN.
pub const TASK_ID: &str = "cd189a933e5849daa93386466019ab50";

/// Sends the answer; false where the connection is over.
pub async fn send<S>(stream: &mut S, request: &Request, world: &World) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let response = match manner(request, world) {
        Metadata::Normal | Metadata::Absent => answer(request, world),
        Metadata::Garbage => Response::new(200, "application/json", "{\"TaskARN\": \"arn:aws:ecs:\u{0} ]]"),
        Metadata::Failing => Response::new(500, "text/plain", "unable to generate metadata\n"),
        Metadata::Silent => {
            linger(stream).await;
            return Ok(false);
        }
        Metadata::Huge => {
            huge(stream).await?;
            return Ok(false);
        }
    };
    stream.write_all(&response.to_bytes()).await?;
    stream.flush().await?;
    Ok(true)
}

/// How it behaves: credentials have a manner of their own.
fn manner(request: &Request, world: &World) -> Metadata {
    if !is_for_credentials(request, world) {
        return world.scenario.vpc.metadata;
    }
    match world.cloud.identity.source {
        Credentials::Garbage => Metadata::Garbage,
        Credentials::Silent => Metadata::Silent,
        Credentials::Failing => Metadata::Failing,
        Credentials::Huge => Metadata::Huge,
        _ => Metadata::Normal,
    }
}

fn is_for_credentials(request: &Request, world: &World) -> bool {
    FULL_URI.ends_with(request.path()) && request.path().len() > 1 || request.path() == world.cloud.identity.path
}

/// The task's credentials, for whoever shows what the platform asks for.
fn credentials(request: &Request, world: &World) -> Response {
    let identity = &world.cloud.identity;
    let shown = request.header("authorization");
    let right = match identity.source {
        Credentials::FullUri => shown == Some(identity.authorization.as_str()) && FULL_URI.ends_with(request.path()),
        Credentials::None | Credentials::Environment => false,
        _ => request.path() == identity.path,
    };
    if right {
        return Response::new(200, "application/json", identity.document());
    }
    let body =
        json!({ "code": "InvalidIdInRequest", "message": "CredentialsV2Request: ID not found", "HTTPErrorCode": 400 });
    Response::new(400, "application/json", body.to_string())
}

async fn huge<S: AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    let length = 400 * 1024 * 1024;
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{\"Family\":\"");
    stream.write_all(head.as_bytes()).await?;
    for _ in 0..length / 8192 {
        stream.write_all(&[b'x'; 8192]).await?;
    }
    Ok(())
}

fn answer(request: &Request, world: &World) -> Response {
    if is_for_credentials(request, world) {
        return credentials(request, world);
    }
    let found = match request.path().strip_prefix(&format!("/v4/{TASK_ID}-1234567890")) {
        Some("") => Some(container(world)),
        Some("/task" | "/taskWithTags") => Some(task(world)),
        Some("/stats" | "/task/stats") => Some(json!({})),
        _ => None,
    };
    match found {
        Some(document) => Response::new(200, "application/json", document.to_string()),
        None => Response::new(404, "text/plain", "404 page not found\n"),
    }
}

fn arn(world: &World, rest: &str) -> String {
    let vpc = &world.scenario.vpc;
    format!("arn:{}:ecs:{}:{}:{rest}", catalog::partition(&vpc.region).id, vpc.region, vpc.account)
}

fn task(world: &World) -> Value {
    without_nulls(json!({
        "Cluster": arn(world, "cluster/lab"),
        "TaskARN": arn(world, &format!("task/lab/{TASK_ID}")),
        "Family": "vpcprobe",
        "Revision": "3",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": { "CPU": 0.25, "Memory": 512 },
        "PullStartedAt": "2026-11-20T02:03:04.123456789Z",
        "PullStoppedAt": "2026-11-20T02:03:05.623456789Z",
        "AvailabilityZone": format!("{}a", world.region()),
        "LaunchType": if ec2(world) { "EC2" } else { "FARGATE" },
        "VPCID": ec2(world).then_some("vpc-0123456789abcdef0"),
        "Containers": [container(world)],
        "EphemeralStorageMetrics": { "Utilized": 208, "Reserved": 20496 },
        "ClockDrift": {
            "ClockErrorBound": 0.487_801_2,
            "ReferenceTimestamp": "2026-11-20T02:03:00Z",
            "ClockSynchronizationStatus": "SYNCHRONIZED"
        },
        "FaultInjectionEnabled": false
    }))
}

/// Metadata leaves out what there is not.
fn without_nulls(mut document: Value) -> Value {
    if let Value::Object(fields) = &mut document {
        fields.retain(|_, value| !value.is_null());
    }
    document
}

/// Only container instances say which VPC they are in.
fn ec2(world: &World) -> bool {
    world.scenario.run.vantage == Vantage::EcsEc2
}

fn container(world: &World) -> Value {
    let vpc = &world.scenario.vpc;
    let registry = format!("{}.dkr.ecr.{}.{}", vpc.account, vpc.region, catalog::partition(&vpc.region).suffix);
    json!({
        "DockerId": format!("{TASK_ID}-1234567890"),
        "Name": "vpcprobe",
        "DockerName": "vpcprobe",
        "Image": format!("{registry}/vpcprobe:latest"),
        "ImageID": "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
        "Labels": {},
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": { "CPU": 2 },
        "CreatedAt": "2026-11-20T02:03:06.123456789Z",
        "StartedAt": "2026-11-20T02:03:06.123456789Z",
        "Type": "NORMAL",
        "LogDriver": "awslogs",
        "LogOptions": {
            "awslogs-group": "/ecs/vpcprobe",
            "awslogs-region": vpc.region,
            "awslogs-stream": format!("vpcprobe/vpcprobe/{TASK_ID}")
        },
        "ContainerARN": arn(world, "container/lab/cd189a933e5849daa93386466019ab50/05281955-3fa3-4a60-8c1c-0ff9a7d1e7ff"),
        "Networks": [network(world)],
        "Snapshotter": "overlayfs"
    })
}

fn network(world: &World) -> Value {
    let net = &world.task;
    let dashed = net.v4.to_string().replace('.', "-");
    let mut network = json!({
        "NetworkMode": "awsvpc",
        "IPv4Addresses": [net.v4],
        "AttachmentIndex": 0,
        "MACAddress": "0a:de:f6:10:51:e5",
        "IPv4SubnetCIDRBlock": net.subnet.to_string(),
        "DomainNameServers": crate::task::nameservers(world),
        "DomainNameSearchList": [world.internal_suffix().trim_start_matches('.')],
        "PrivateDNSName": format!("ip-{dashed}{}", world.internal_suffix()),
        "SubnetGatewayIpv4Address": format!("{}/{}", net.gateway, net.subnet.prefix_len())
    });
    if let Some(v6) = net.v6 {
        network["IPv6Addresses"] = json!([v6]);
        network["IPv6SubnetCIDRBlock"] = json!(format!("{}/64", ipnet::Ipv6Net::new_assert(v6, 64).network()));
    }
    if world.scenario.vpc.ipv6 == Ipv6::Only {
        for key in ["IPv4Addresses", "IPv4SubnetCIDRBlock", "SubnetGatewayIpv4Address"] {
            network.as_object_mut().map(|network| network.remove(key));
        }
    }
    without_nulls(network)
}
