//! Words that stay: the tool's own, AWS's, and those of registries and authorities that everybody uses.

use std::collections::HashSet;

use serde_json::Value;

use crate::catalog;
use crate::inputs::{Partition, Region};
use crate::report::schema;

/// What the sentences of findings and of AWS's errors are made of, and what hosts, paths and headers have everywhere.
const KEPT: &str = "the is of in not it and that for to no or by has have with on as at be an from this are was than one own its \
    if all so way out other another there nothing which what first text answer answers asked any some each every \
    more most then when where who whose how yet without only into within behind before after here they them their \
    these those will would must may can could does do did done give gives given take takes let put see say says \
    said show shows shown view step steps start starts name names word words type types list table line lines part \
    kind key keys value code codes error errors fault failed fails fail failure found none empty new old same two \
    three once again still now later user users authorized perform resource resources because allows allow action \
    actions explicit deny denies denied access based service control session boundary permissions permission \
    policy policies identity principal statement condition effect organization account accounts vpc vpce endpoint \
    endpoints gateway gateways route routes tables security group groups rule rules network acl acls subnet \
    subnets range ranges address addresses interface interfaces internet nat private public local default zone \
    zones region regions host hosts port ports domain dns dhcp options option resolver resolvers forward outbound \
    inbound firewall proxy server servers client task tasks definition role roles execution container containers \
    image images layer layers manifest manifests blob blobs registry registries repository repositories tag tags \
    digest pull push token tokens tls ssl tcp udp http https ip ipv4 ipv6 certificate certificates authority \
    issuer chain handshake connection connections connect connects connected request requests response timeout \
    time times limit limits seconds minutes hours status exit platform index log logs stream streams driver \
    awslogs event events secret secrets parameter parameters environment file files version versions staging label \
    marked deletion deleted expired signature current credentials signed unsigned command run json stdout \
    cloudwatch create update delete describe get modify associate add remove enable filters values query output \
    ids id arn aws amazon amazonaws com cn gov net org edu io int dev internal lan arpa localhost localdomain \
    compute elb cloudfront awsglobalaccelerator dualstack api amazonwebservices eu de fips s3 s3-r-w s3-fips dkr \
    dkr-ecr ecr ecr-public ec2 ecs iam rds eks lambda bedrock bedrock-runtime athena glue states batch elasticache \
    kinesis firehose autoscaling cloudformation cloudtrail acm acm-pca appconfig appconfigdata apigateway \
    codebuild codecommit codeartifact codedeploy cognito-idp elasticloadbalancing guardduty guardduty-data \
    inspector2 kafka license-manager organizations ram redshift route53 route53resolver sagemaker scheduler \
    servicediscovery ses sso synthetics tagging textract transfer transcribe translate checkip metadata cluster \
    clusters services function functions bucket buckets object objects log-group log-stream assumed-role \
    awscurrent awspreviouspending awsprevious awspending latest library v1 v2 v3 sha256 sha basic bearer realm \
    scope challenge html body head doctype xml utf-8 utf8 charset message requestid hostid root ca bundle pem crt \
    etc certs usr var tmp home opt bin pki share awselb amazons3 amazonec2 unknown rsa ecdsa ecc dv ov ev g1 g2 g3 \
    g4 socks5 socks socks5h noproxy no_proxy https_proxy http_proxy all_proxy true false null yes full sample \
    blocked linux windows amd64 arm64 arm x86 v8 report reports docker engine runtime agent pause about accept \
    against ago ahead along already also although always am among anybody anything anywhere apart around away back \
    bad beginning being below beneath beside best better both broken but call called came case cause causes \
    changed change check checked checks choose closed come comes count covers cut day days decides differ \
    different differs down either else end ends enough even ever everything exist exists expected far fast few \
    fewer find follow followed further gets go goes good got had half happens he held help helps hold holds \
    however inside instead inspection intercept just keep keeps kept know known lack lacks last least leave leaves \
    left less like likely little long longer look looks lost made make makes many mean means meant mended missing \
    moment much my need needs neither never next nobody nor number off often older open opens order others our \
    outside over pass passed passes path per perhaps place plain point points process question reach reached reads \
    ready reason refused refuses reset rest right row runs saw seen send sends sent sentence set several she \
    should side silent since something sooner stand stands state stay stays stop stopped such sure tell think \
    though through thus together told too took tried try turn under unless until up us use used uses usual valid \
    very want warning we well went were whatever whether while whole why wide work works worth write writes \
    written wrong you your";

/// Registries, and where their layers and tokens come from: everybody uses them.
const EVERYBODYS: &[&str] = &[
    "docker.io",
    "docker.com",
    "ghcr.io",
    "githubusercontent.com",
    "quay.io",
    "registry.k8s.io",
    "gcr.io",
    "pkg.dev",
    "mcr.microsoft.com",
    "registry.gitlab.com",
    "docker.elastic.co",
    "nvcr.io",
    "cgr.dev",
    "public.ecr.aws",
    "ecr-public.aws.com",
    "checkip.amazonaws.com",
    "r2.cloudflarestorage.com",
    "registry.access.redhat.com",
    "registry.redhat.io",
    "storage.googleapis.com",
];

/// Programs that name themselves in an answer.
const PROGRAMS: &str = "nginx apache squid envoy varnish cloudflare openresty istio-envoy istio microsoft-iis gunicorn uvicorn \
    kestrel litespeed caddy traefik haproxy cowboy jetty tomcat";

/// Authorities whose roots are public.
const AUTHORITIES: &[&str] = &[
    "O=Amazon",
    "O=Starfield",
    "O=DigiCert",
    "O=Let's Encrypt",
    "O=Internet Security Research Group",
    "O=GlobalSign",
    "O=Google Trust Services",
    "O=Sectigo",
    "O=GoDaddy",
    "O=Entrust",
    "O=Microsoft Corporation",
    "O=Baltimore",
    "O=The USERTRUST Network",
    "O=COMODO",
    "O=ZeroSSL",
    "O=IdenTrust",
    "O=SSL Corporation",
];

/// Every word that stays, in lower case: the constants of the report, the catalog's hosts, and the list.
pub(super) fn kept() -> HashSet<String> {
    let mut kept: HashSet<String> = KEPT.split(' ').map(str::to_owned).collect();
    if let Ok(schema) = serde_json::from_str(schema::render()) {
        constants(&schema, &mut kept);
    }
    for service in catalog::all() {
        let hosts = std::iter::once(&service.hosts).chain(service.elsewhere.iter().map(|(_, hosts)| hosts));
        for hosts in hosts {
            let all = [Some(hosts.plain), hosts.dual_stack, hosts.fips, hosts.fips_dual_stack];
            all.into_iter().flatten().for_each(|host| labels(host, &mut kept));
        }
        labels(service.id, &mut kept);
        labels(service.endpoint.name, &mut kept);
    }
    for partition in Partition::ALL {
        let suffixes = catalog::suffixes(*partition);
        [Some(suffixes.plain), Some(suffixes.dual_stack), suffixes.dual_stack_registry, Some(partition.id())]
            .into_iter()
            .flatten()
            .for_each(|suffix| labels(suffix, &mut kept));
    }
    kept
}

fn labels(name: &str, kept: &mut HashSet<String>) {
    kept.extend(name.split('.').filter(|label| !label.contains('{')).map(str::to_owned));
}

/// The values that a schema names: a report with another one is none.
fn constants(schema: &Value, kept: &mut HashSet<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| constants(item, kept)),
        Value::Object(fields) => {
            let named = fields
                .get("const")
                .into_iter()
                .chain(fields.get("enum").and_then(Value::as_array).into_iter().flatten());
            kept.extend(named.filter_map(Value::as_str).map(str::to_ascii_lowercase));
            fields.values().for_each(|value| constants(value, kept));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a host is one of those that everybody uses, or below one.
pub(super) fn is_everybodys(host: &str) -> bool {
    EVERYBODYS
        .iter()
        .any(|known| host.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}

/// Whether a word is the name of a program that everybody may run.
pub(super) fn is_a_program(word: &str) -> bool {
    PROGRAMS.split(' ').any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a certificate's name is that of an authority whose root is public.
pub(super) fn is_public_authority(name: &str) -> bool {
    AUTHORITIES.iter().any(|known| name.contains(known))
}

/// Whether somebody who asserts an issuer means such an authority: its organisation or what it calls its roots.
pub(super) fn is_named_authority(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    AUTHORITIES.iter().any(|known| name.contains(&known.trim_start_matches("O=").to_ascii_lowercase()))
}

/// Regions, zones, and what AWS names after them.
pub(super) fn is_a_place(word: &str) -> bool {
    let region = |name: &str| name.contains('-') && Region::parse(name).is_some();
    region(word)
        || word.strip_suffix(|c: char| c.is_ascii_lowercase()).is_some_and(region)
        || word.ends_with("-starport-layer-bucket")
        || word.starts_with("storage-access-role-")
}

/// Too little to name anybody: one letter, a short number, a number of a version.
pub(super) fn is_nobodys(word: &str) -> bool {
    const TELLING: usize = 8;
    let number = word.strip_prefix('v').unwrap_or(word);
    let is_number = number.len() < TELLING && number.bytes().all(|byte| byte.is_ascii_digit());
    word.chars().nth(1).is_none() || is_number
}
