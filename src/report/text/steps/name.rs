//! What each step of the task start is called: short enough for a line, long enough to know it by.

use crate::plan::CheckId;

/// The kinds of steps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::report::text) enum Kind {
    Secret,
    Parameter,
    EnvironmentFile,
    Token,
    LogStream,
    Manifest,
    Layers,
    Identity,
}

/// A step's kind, and what it is about; none where the id is no step's.
pub(in crate::report::text) fn parted(id: &CheckId) -> Option<(Kind, &str)> {
    let (kind, about) = id.0.split_once(':').unwrap_or((&id.0, ""));
    let kind = match kind {
        "secret" => Kind::Secret,
        "parameter" => Kind::Parameter,
        "environment-file" => Kind::EnvironmentFile,
        "registry-token" => Kind::Token,
        "log-stream" => Kind::LogStream,
        "manifest" => Kind::Manifest,
        "layers" => Kind::Layers,
        "identity" => Kind::Identity,
        _ => return None,
    };
    Some((kind, about))
}

/// What was asked, in words; of layers, how many.
pub(super) fn words(kind: Kind, about: &str, layers: Option<u64>) -> String {
    match kind {
        Kind::Secret => format!("secret {}", secret(about)),
        Kind::Parameter => format!("parameter {}", parameter(about)),
        Kind::EnvironmentFile => format!("environment file {about}"),
        Kind::Token if about.is_empty() => "registry token".to_owned(),
        Kind::Token => format!("registry token of {about}"),
        Kind::LogStream => format!("log stream in {about}"),
        Kind::Manifest => format!("manifest {}", image(about)),
        Kind::Layers => match layers {
            None => format!("layers of {}", image(about)),
            Some(1) => format!("1 layer of {}", image(about)),
            Some(count) => format!("{count} layers of {}", image(about)),
        },
        Kind::Identity => "caller's identity".to_owned(),
    }
}

/// Several steps of a kind.
pub(super) fn several(kind: Kind) -> &'static str {
    match kind {
        Kind::Secret => "secrets",
        Kind::Parameter => "parameters",
        Kind::EnvironmentFile => "environment files",
        Kind::Token => "registry tokens",
        Kind::LogStream => "log groups",
        Kind::Manifest => "manifests",
        Kind::Layers => "images' layers",
        Kind::Identity => "identities",
    }
}

/// An image without its registry's host, a digest by its beginning.
pub(in crate::report::text) fn image(reference: &str) -> String {
    let is_host = |first: &str| first.contains(['.', ':']) || first == "localhost";
    let name = match reference.split_once('/') {
        Some((first, rest)) if is_host(first) => rest,
        Some(_) | None => reference,
    };
    match name.split_once('@') {
        Some((name, digest)) => format!("{name}@{}", short(digest)),
        None => name.to_owned(),
    }
}

/// A digest by its beginning, as container engines show it.
pub(in crate::report::text) fn short(digest: &str) -> String {
    const KEPT: usize = 12;
    match digest.split_once(':') {
        Some((algorithm, hex)) if hex.is_ascii() && hex.len() > KEPT => format!("{algorithm}:{}", &hex[..KEPT]),
        Some(_) | None => digest.to_owned(),
    }
}

/// A secret without the head of its ARN.
fn secret(id: &str) -> &str {
    let is_arn = id.starts_with("arn:");
    id.split_once(":secret:").filter(|_| is_arn).map_or(id, |(_, name)| name)
}

/// A parameter without the head of its ARN. One with a path has a slash before it, which the ARN leaves out.
fn parameter(id: &str) -> &str {
    let is_arn = id.starts_with("arn:");
    let Some((head, name)) = id.split_once(":parameter/").filter(|_| is_arn) else { return id };
    if name.contains('/') { &id[head.len() + ":parameter".len()..] } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_called_by_what_it_asks_for() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf";
        let table = [
            (format!("secret:{arn}"), "secret prod/db-AbCdEf"),
            (format!("secret:{arn}:password"), "secret prod/db-AbCdEf:password"),
            ("secret:prod/db".to_owned(), "secret prod/db"),
            ("parameter:/prod/db".to_owned(), "parameter /prod/db"),
            ("parameter:arn:aws:ssm:eu-west-1:1:parameter/prod/db".to_owned(), "parameter /prod/db"),
            ("parameter:arn:aws:ssm:eu-west-1:1:parameter/db".to_owned(), "parameter db"),
            ("environment-file:bucket/a.env".to_owned(), "environment file bucket/a.env"),
            ("registry-token".to_owned(), "registry token"),
            (
                "registry-token:api.ecr.eu-west-1.amazonaws.com".to_owned(),
                "registry token of api.ecr.eu-west-1.amazonaws.com",
            ),
            ("log-stream:/ecs/app".to_owned(), "log stream in /ecs/app"),
            ("manifest:1.dkr.ecr.eu-west-1.amazonaws.com/shop/app:1.0".to_owned(), "manifest shop/app:1.0"),
            ("manifest:localhost/app:1".to_owned(), "manifest app:1"),
            ("manifest:library/nginx".to_owned(), "manifest library/nginx"),
            (format!("layers:host:5000/app@{digest}"), "3 layers of app@sha256:abababababab"),
        ];
        for (id, expected) in table {
            let id = CheckId(id);
            let (kind, about) = parted(&id).unwrap();
            assert_eq!(words(kind, about, Some(3)), expected, "{}", id.0);
        }
        assert_eq!(parted(&CheckId("ecr.api".to_owned())), None);
    }
}
