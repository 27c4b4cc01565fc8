//! Image references, and what an ECR registry's host says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::host::host_and_port;
use super::{Partition, Region};

/// An image reference, taken apart as container engines do.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ImageRef {
    /// As it was given.
    pub reference: String,
    /// The registry's host; `registry-1.docker.io` where the reference names none.
    pub host: String,
    /// The registry's port.
    pub port: u16,
    /// The repository's path.
    pub repository: String,
    /// The tag, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The digest, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What the host says, where it is an ECR private registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecr: Option<EcrHost>,
}

/// What the host of an ECR private registry says.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct EcrHost {
    /// The account.
    pub account: String,
    /// The Region.
    pub region: Region,
    /// Whether it is a FIPS host.
    pub fips: bool,
    /// Whether it is a dual-stack host (`.dkr-ecr.`, `on.aws`).
    pub dual_stack: bool,
}

/// What a reference that names no registry is read from.
const DOCKER_HUB: &str = "registry-1.docker.io";

impl ImageRef {
    /// Accept a reference by the grammar of container engines, or say what was expected.
    pub fn parse(reference: &str) -> Result<Self, String> {
        refuse_what_is_none(reference)?;
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(parse_digest(digest)?)),
            None => (reference, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(parse_tag(tag)?)),
            Some(_) | None => (rest, None),
        };
        let (host, port, repository) = registry(name)?;
        if !is_repository(&repository) {
            return Err("the repository is not lower-case letters, digits and single separators between slashes".into());
        }
        let ecr = EcrHost::parse(&host)?;
        Ok(Self { reference: reference.to_owned(), host, port, repository, tag, digest, ecr })
    }
}

impl EcrHost {
    /// What a host says, where it is an ECR private registry; an error where it only looks like one.
    pub fn parse(host: &str) -> Result<Option<Self>, String> {
        let of_aws = Partition::ALL.iter().any(|partition| {
            [Some(partition.suffix()), partition.registry_suffix()]
                .iter()
                .flatten()
                .any(|suffix| host.strip_suffix(suffix).is_some_and(|before| before.ends_with('.')))
        });
        if !of_aws || !(host.contains(".dkr.ecr") || host.contains(".dkr-ecr")) {
            return Ok(None);
        }
        let known = Self::by_grammar(host);
        known.map(Some).ok_or_else(|| {
            "not a host of ECR such as 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com, \
             whose ending belongs to the Region"
                .into()
        })
    }

    fn by_grammar(host: &str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        let (dual_stack, rest) = match rest.strip_prefix("dkr.ecr") {
            Some(rest) => (false, rest),
            None => (true, rest.strip_prefix("dkr-ecr")?),
        };
        let (fips, rest) = rest.strip_prefix("-fips").map_or((false, rest), |rest| (true, rest));
        let (region, suffix) = rest.strip_prefix('.')?.split_once('.')?;
        let region = Region::parse(region)?;
        let partition = region.partition();
        let expected = if dual_stack { partition.registry_suffix() } else { Some(partition.suffix()) };
        (is_account && expected == Some(suffix)).then(|| Self { account: account.to_owned(), region, fips, dual_stack })
    }
}

fn refuse_what_is_none(reference: &str) -> Result<(), String> {
    if reference.contains(['<', '>', '{', '}', '$']) {
        return Err("a placeholder that nothing was put into".into());
    }
    if reference.starts_with("arn:") {
        return Err("an ARN: an image is written HOST/REPOSITORY:TAG".into());
    }
    if reference.contains("://") {
        return Err("an image is written without a scheme, as HOST/REPOSITORY:TAG".into());
    }
    Ok(())
}

/// Host, port and repository; the first part is a host when it has a dot or a colon or is `localhost`.
fn registry(name: &str) -> Result<(String, u16, String), String> {
    match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => {
            let (host, port) = host_and_port(first)?;
            if host == "docker.io" || host == "index.docker.io" {
                return Ok((DOCKER_HUB.to_owned(), port.unwrap_or(443), hub_repository(rest)));
            }
            Ok((host, port.unwrap_or(443), rest.to_owned()))
        }
        Some(_) | None => Ok((DOCKER_HUB.to_owned(), 443, hub_repository(name))),
    }
}

fn hub_repository(name: &str) -> String {
    if name.contains('/') { name.to_owned() } else { format!("library/{name}") }
}

fn is_repository(path: &str) -> bool {
    path.len() <= 255 && path.split('/').all(is_component)
}

/// Runs of lower-case letters and digits, with `.`, `_`, `__` or hyphens between them.
fn is_component(component: &str) -> bool {
    let is_run = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let separators = component.split(|c: char| c.is_ascii() && is_run(c as u8)).filter(|between| !between.is_empty());
    let ends_in_runs = [component.bytes().next(), component.bytes().last()].iter().all(|end| end.is_some_and(is_run));
    ends_in_runs
        && separators
            .into_iter()
            .all(|between| matches!(between, "." | "_" | "__") || between.bytes().all(|b| b == b'-'))
}

fn parse_tag(tag: &str) -> Result<String, String> {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let fits = (1..=128).contains(&tag.len())
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|b| is_word(b) || b == b'.' || b == b'-');
    if fits {
        Ok(tag.to_owned())
    } else {
        Err("the tag is not 1 to 128 letters, digits, dots, hyphens and underscores".into())
    }
}

fn parse_digest(digest: &str) -> Result<String, String> {
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    let fits = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if fits { Ok(digest.to_owned()) } else { Err("the digest is not sha256: and 64 hexadecimal digits".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_reference_is_taken_apart_as_engines_do() {
        let table = [
            ("nginx", "registry-1.docker.io", 443, "library/nginx", None),
            ("nginx:1.27", "registry-1.docker.io", 443, "library/nginx", Some("1.27")),
            ("docker.io/nginx", "registry-1.docker.io", 443, "library/nginx", None),
            ("grafana/grafana", "registry-1.docker.io", 443, "grafana/grafana", None),
            ("localhost:5000/a/b:t", "localhost", 5000, "a/b", Some("t")),
            ("localhost/a", "localhost", 443, "a", None),
            ("ghcr.io/o/r:v1", "ghcr.io", 443, "o/r", Some("v1")),
            ("public.ecr.aws/x/y__z:l", "public.ecr.aws", 443, "x/y__z", Some("l")),
            ("ecr-public.aws.com/x/y", "ecr-public.aws.com", 443, "x/y", None),
            ("index.docker.io/library/nginx", "registry-1.docker.io", 443, "library/nginx", None),
            ("registry.example.com:5000/team/app:1.0", "registry.example.com", 5000, "team/app", Some("1.0")),
            ("[fd00::1]:5000/a--b", "fd00::1", 5000, "a--b", None),
        ];
        for (text, host, port, repository, tag) in table {
            let image = ImageRef::parse(text).unwrap();
            assert_eq!(
                (image.host.as_str(), image.port, image.repository.as_str()),
                (host, port, repository),
                "{text}"
            );
            assert_eq!((image.tag.as_deref(), image.ecr), (tag, None), "{text}");
        }
        let both = ImageRef::parse(&format!("ghcr.io/o/r:v1@{DIGEST}")).unwrap();
        assert_eq!((both.tag.as_deref(), both.digest.as_deref()), (Some("v1"), Some(DIGEST)));
    }

    #[test]
    fn an_ecr_host_says_account_region_and_form() {
        let table = [
            ("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com", "ap-northeast-1", false, false),
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", true, false),
            ("123456789012.dkr-ecr.us-east-1.on.aws", "us-east-1", false, true),
            ("123456789012.dkr-ecr-fips.us-east-1.on.aws", "us-east-1", true, true),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", false, false),
            ("123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1", false, true),
            ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", false, false),
            ("123456789012.dkr-ecr-fips.us-gov-east-1.on.aws", "us-gov-east-1", true, true),
            ("123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", false, false),
            ("123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", false, false),
            ("123456789012.dkr.ecr-fips.us-iso-west-1.c2s.ic.gov", "us-iso-west-1", true, false),
            ("123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1", false, false),
            ("123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1", false, false),
        ];
        for (host, region, fips, dual_stack) in table {
            let region = Region::parse(region).unwrap();
            let expected = EcrHost { account: "123456789012".to_owned(), region, fips, dual_stack };
            assert_eq!(EcrHost::parse(host), Ok(Some(expected)), "{host}");
        }
        for other in ["public.ecr.aws", "ecr-public.aws.com", "123456789012.dkr.ecr.us-east-1.example.com"] {
            assert_eq!(EcrHost::parse(other), Ok(None), "{other}");
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        let table = [
            "",
            " ",
            "Nginx",
            "a/B",
            "nginx:",
            "nginx:-x",
            "nginx:a b",
            "nginx@",
            "nginx@sha256:abc",
            "nginx@sha512:abc",
            "nginx@@sha256:abc",
            "a//b",
            "/a",
            "a/",
            "a._b",
            "a___b",
            "-a",
            "a.",
            "ghcr.io/",
            "ghcr.io:x/a",
            "ghcr.io:0/a",
            "https://ghcr.io/a",
            "arn:aws:ecr:us-east-1:123456789012:repository/a",
            "<account>.dkr.ecr.us-east-1.amazonaws.com/a",
            "${IMAGE}",
            "{{image}}",
            "日本",
            "12345.dkr.ecr.us-east-1.amazonaws.com/a",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com/a",
            "123456789012.dkr.ecr.us-east-1.on.aws/a",
            "123456789012.dkr.ecr.nowhere.amazonaws.com/a",
            "123456789012.dkr.ecrx.us-east-1.amazonaws.com/a",
        ];
        for text in table {
            assert!(ImageRef::parse(text).is_err(), "{text}");
        }
        assert!(ImageRef::parse(&"a".repeat(300)).is_err());
        assert!(ImageRef::parse(&format!("nginx:{}", "t".repeat(129))).is_err());
    }
}
