//! What a text names: Region, account, image, secret, log group. Only what is shaped like one, and nothing of it that a
//! shell would obey: these words end up in commands to paste.

use serde::Serialize;

use crate::inputs::{EcrHost, ImageRef, Region};

/// What a text names.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Facts {
    /// The Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The repository of ECR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The secret of Secrets Manager or the parameter of Systems Manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The log group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
    /// The action that was denied; for people only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denied_action: Option<String>,
    /// Who was denied; for people only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denied_principal: Option<String>,
}

impl Facts {
    /// What a text names, the first of each kind.
    pub(super) fn of(text: &str) -> Self {
        let mut facts = Self::default();
        let words: Vec<&str> = words(text).collect();
        for (index, word) in words.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| words.get(index)).copied().unwrap_or_default();
            // The last word may be cut: then it names something else, or nothing.
            let is_whole = !text.ends_with(word);
            facts.read(before, word, is_whole);
        }
        facts.region = facts.region.or_else(|| words.iter().find_map(|word| bare_region(word)));
        facts
    }

    /// What else another form of the text names.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            region: self.region.or(other.region),
            account: self.account.or(other.account),
            image: self.image.or(other.image),
            repository: self.repository.or(other.repository),
            secret: self.secret.or(other.secret),
            log_group: self.log_group.or(other.log_group),
            denied_action: self.denied_action.or(other.denied_action),
            denied_principal: self.denied_principal.or(other.denied_principal),
        }
    }

    fn read(&mut self, before: &str, word: &str, is_whole: bool) {
        if let Some(arn) = Arn::of(word) {
            self.read_arn(&arn, before, is_whole);
        } else {
            self.read_host(before, word, is_whole);
        }
        match before {
            "perform:" if is_action(word) => put(&mut self.denied_action, Some(word)),
            "group" | "log-group" if is_whole && word.starts_with('/') => put(&mut self.log_group, safe(word)),
            _ => {}
        }
    }

    fn read_arn(&mut self, arn: &Arn<'_>, before: &str, is_whole: bool) {
        put(&mut self.region, arn.region.and_then(|region| Region::parse(region).map(|_| region)));
        put(&mut self.account, arn.account);
        if before == "User:" {
            put(&mut self.denied_principal, safe(arn.whole));
        }
        if !is_whole {
            return;
        }
        let resource = arn.resource;
        match arn.service {
            "secretsmanager" => {
                // Behind the name stand the key and version that the task definition asks for.
                let name = resource.strip_prefix("secret:").and_then(|rest| rest.split(':').next());
                let end = arn.whole.len() - resource.len() + "secret:".len() + name.map_or(0, str::len);
                put(&mut self.secret, name.filter(|name| !name.is_empty()).and_then(|_| safe(&arn.whole[..end])));
            }
            "ssm" if resource.len() > "parameter/".len() && resource.starts_with("parameter/") => {
                put(&mut self.secret, safe(arn.whole));
            }
            "logs" => {
                let name = resource.strip_prefix("log-group:").and_then(|rest| rest.split(':').next());
                put(&mut self.log_group, name.filter(|name| !name.is_empty()).and_then(safe));
            }
            "s3" => put(&mut self.region, bucket_region(resource)),
            "ecr" => put(&mut self.repository, resource.strip_prefix("repository/").and_then(repository)),
            _ => {}
        }
    }

    fn read_host(&mut self, before: &str, word: &str, is_whole: bool) {
        let bare = word.split_once("://").map_or(word, |(_, rest)| rest);
        let bare = bare.split(['?', '#']).next().unwrap_or_default().trim_end_matches([':', '.', ',']);
        let (authority, path) = bare.split_once('/').unwrap_or((bare, ""));
        let host = authority.split(':').next().unwrap_or_default().to_ascii_lowercase();
        put(&mut self.region, host_region(&host).as_deref());
        if let Ok(Some(ecr)) = EcrHost::parse(&host) {
            put(&mut self.account, Some(&ecr.account));
        }
        let reference = match path.strip_prefix("v2/") {
            Some(path) => from_path(authority, path, is_whole),
            None if word.contains("://") || !is_whole => None,
            None => Some(bare.to_owned()),
        };
        let named = matches!(before, "ref" | "pull" | "image" | "repository");
        let image = reference.and_then(|reference| image(&reference, named));
        if let Some(image) = image {
            if image.ecr.is_some() {
                put(&mut self.repository, Some(&image.repository));
            }
            put(&mut self.image, Some(&image.reference));
        } else if named && before == "repository" && is_whole {
            put(&mut self.repository, Some(word).filter(|word| word.contains('/')).and_then(repository));
        }
    }
}

fn put(place: &mut Option<String>, value: Option<&str>) {
    if place.is_none() {
        *place = value.map(str::to_owned);
    }
}

/// The words of a text, without quotes and brackets.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | ',' | ';' | '<' | '>'))
        .filter(|word| !word.is_empty())
}

/// A word that no shell takes for anything but itself.
fn safe(word: &str) -> Option<&str> {
    let word = word.trim_end_matches(['.', ':']);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._/:@=+-".contains(&b);
    ((1..=512).contains(&word.len()) && word.bytes().all(plain) && !word.starts_with('-')).then_some(word)
}

/// `service:Action`
fn is_action(word: &str) -> bool {
    word.split_once(':').is_some_and(|(service, action)| {
        !service.is_empty()
            && word.len() <= 64
            && service.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && action.starts_with(|c: char| c.is_ascii_uppercase())
            && action.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// An ARN in its parts.
struct Arn<'a> {
    whole: &'a str,
    service: &'a str,
    region: Option<&'a str>,
    account: Option<&'a str>,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    fn of(word: &'a str) -> Option<Self> {
        let whole = word[word.find("arn:aws")?..].trim_end_matches(['.', ':']);
        let mut parts = whole.splitn(6, ':').skip(2);
        let (service, region, account, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let account = (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then_some(account);
        Some(Self { whole, service, region: Some(region).filter(|region| !region.is_empty()), account, resource })
    }
}

/// The repository's name, where it is one.
fn repository(name: &str) -> Option<&str> {
    let name = name.trim_end_matches(['.', ':']);
    ImageRef::parse(&format!("registry.example/{name}")).is_ok_and(|image| image.repository == name).then_some(name)
}

/// An image of `HOST/v2/REPOSITORY/manifests/REFERENCE`.
fn from_path(authority: &str, path: &str, is_whole: bool) -> Option<String> {
    let (repository, reference) = path.split_once("/manifests/").or_else(|| path.split_once("/blobs/"))?;
    let sign = if reference.starts_with("sha256:") { '@' } else { ':' };
    // A blob's digest is not the image's.
    let names_image = is_whole && path.contains("/manifests/");
    Some(if names_image {
        format!("{authority}/{repository}{sign}{reference}")
    } else {
        format!("{authority}/{repository}")
    })
}

/// A reference, where its host is a registry's or the words before it say that it is an image.
fn image(reference: &str, named: bool) -> Option<ImageRef> {
    const REGISTRIES: &[&str] = &[
        "registry-1.docker.io",
        "public.ecr.aws",
        "ghcr.io",
        "quay.io",
        "gcr.io",
        "registry.k8s.io",
        "mcr.microsoft.com",
    ];
    safe(reference)?;
    let image = ImageRef::parse(reference).ok()?;
    let has_host = reference.split_once('/').is_some_and(|(first, _)| first.contains('.'));
    let known = has_host && (image.ecr.is_some() || REGISTRIES.contains(&image.host.as_str()));
    (known || (named && has_host)).then_some(image)
}

/// The Region in the name of one of AWS's hosts.
fn host_region(host: &str) -> Option<String> {
    const SUFFIXES: &[&str] = &[
        "amazonaws.com",
        "amazonaws.com.cn",
        "api.aws",
        "on.aws",
        "amazonaws.eu",
        "on.amazonwebservices.com.cn",
        "c2s.ic.gov",
    ];
    if !SUFFIXES.iter().any(|suffix| host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))) {
        return None;
    }
    let labels = || host.split('.');
    labels()
        .find(|label| Region::parse(label).is_some())
        .map(str::to_owned)
        .or_else(|| labels().find_map(bucket_region).map(str::to_owned))
}

/// The Region in the name of ECR's layer bucket.
fn bucket_region(name: &str) -> Option<&str> {
    let region = name.strip_prefix("prod-")?.split_once("-starport-layer-bucket")?.0;
    Region::parse(region).map(|_| region)
}

/// A Region that stands by itself: of what looks like one only that which says where in the world.
fn bare_region(word: &str) -> Option<String> {
    const WHERE: &[&str] = &["north", "south", "east", "west", "central"];
    let word = word.trim_matches(['.', ':', '[', ']', '{', '}', '=']);
    let middle = word.rsplit('-').nth(1)?;
    (WHERE.iter().any(|point| middle.starts_with(point)) && Region::parse(word).is_some()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let json = serde_json::to_value(Facts::of(text)).unwrap();
        let pairs = json.as_object().unwrap().iter().map(|(key, value)| format!("{key}={}", value.as_str().unwrap()));
        sorted(pairs.collect())
    }

    fn sorted(mut pairs: Vec<String>) -> String {
        pairs.sort();
        pairs.join(" ")
    }

    #[test]
    fn what_is_shaped_like_a_fact_is_one() {
        let table = [
            (
                r#"Head "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/team/app/manifests/1.2": EOF"#,
                "region=eu-west-1 account=123456789012 image=123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.2 \
                 repository=team/app",
            ),
            ("failed to resolve ref docker.io/library/nginx:1.27: failed", "image=docker.io/library/nginx:1.27"),
            (
                "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:db/pw-AbCdEf:user::",
                "region=cn-north-1 account=123456789012",
            ),
            (
                "secret arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:db/pw-AbCdEf:user:: from",
                "region=cn-north-1 account=123456789012 \
                 secret=arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:db/pw-AbCdEf",
            ),
            (
                "User: arn:aws:sts::123456789012:assumed-role/exec/0a is not authorized to perform: logs:CreateLogStream on \
                 resource: arn:aws:logs:us-east-2:123456789012:log-group:/ecs/app:log-stream:a/b because",
                "region=us-east-2 account=123456789012 log_group=/ecs/app denied_action=logs:CreateLogStream \
                 denied_principal=arn:aws:sts::123456789012:assumed-role/exec/0a",
            ),
            ("https://prod-us-west-2-starport-layer-bucket.s3.amazonaws.com/x?X-Amz-Signature=1", "region=us-west-2"),
            ("the Region us-gov-west-1.", "region=us-gov-west-1"),
            ("cluster us-web-2 of api.example.com", ""),
            ("see https://docs.aws.amazon.com/AmazonECS/latest", ""),
            ("Get 123456789012.dkr.ecr.us-east-1.amazonaws.com/app@sha256:0", "region=us-east-1 account=123456789012"),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), sorted(expected.split_whitespace().map(str::to_owned).collect()), "{text}");
        }
    }

    #[test]
    fn what_a_shell_would_obey_is_no_fact() {
        let table = [
            "api.ecr.us-east-1;rm.amazonaws.com",
            "https://api.ecr.$(id).amazonaws.com/ x",
            "ref 123456789012.dkr.ecr.us-east-1.amazonaws.com/a$(id):1 x",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:a$(reboot) x",
            "arn:aws:logs:us-east-1:123456789012:log-group:`id`:x y",
            "log group /a|b x",
            "arn:aws:ecr:us-east-1:123456789012:repository/-x y",
            "region us-east-1&&id",
        ];
        for text in table {
            let facts = Facts::of(text);
            for value in serde_json::to_value(&facts).unwrap().as_object().unwrap().values() {
                let value = value.as_str().unwrap();
                assert!(safe(value) == Some(value) && !value.contains("id"), "{text}: {value}");
            }
            assert_eq!((facts.image, facts.log_group), (None, None), "{text}");
        }
    }
}
