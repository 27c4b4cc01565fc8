//! References to secrets and parameters, as flags and task definitions write them.

use super::arn::{Arn, refuse_what_is_none};
use super::{SecretRef, SecretStore, SecretUse};
use crate::inputs::{ImageRef, Region};

/// Names Parameter Store before a name that would be a secret's.
const OF_PARAMETER_STORE: &str = "ssm:";

/// A reference before the Region of the run is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Reference {
    /// The Region its ARN names.
    pub(super) region: Option<Region>,
    id: String,
    store: SecretStore,
    json_key: Option<String>,
    version_stage: Option<String>,
    version_id: Option<String>,
}

impl Reference {
    /// Accept what `--secret` takes: an ARN, `ssm:NAME`, `/NAME` of a parameter, or the name of a secret.
    pub(super) fn of_flag(text: &str) -> Result<Self, String> {
        // A secret's name has no colon: the prefix takes no name away.
        if let Some(name) = text.strip_prefix(OF_PARAMETER_STORE) {
            return Self::parse(name, SecretStore::ParameterStore);
        }
        let is_path = text.starts_with('/');
        Self::parse(text, if is_path { SecretStore::ParameterStore } else { SecretStore::SecretsManager })
    }

    /// Accept an ARN of either store, or a name in this one.
    pub(super) fn parse(text: &str, store: SecretStore) -> Result<Self, String> {
        refuse_what_is_none(text)?;
        if text.starts_with("arn:") {
            return Self::of_arn(text);
        }
        let fits = match store {
            SecretStore::SecretsManager => is_name(text, 512, "/_+=.@-"),
            SecretStore::ParameterStore => is_parameter(text),
        };
        match store {
            _ if fits => Ok(Self::bare(text, store, None)),
            SecretStore::SecretsManager => Err("neither an ARN nor the name of a secret".into()),
            SecretStore::ParameterStore => Err("neither an ARN nor the name of a parameter".into()),
        }
    }

    fn of_arn(text: &str) -> Result<Self, String> {
        let arn = Arn::parse(text)?;
        if arn.region.is_none() || arn.account.is_none() {
            return Err("the ARN of a secret names a Region and an account".into());
        }
        match (arn.service, arn.resource.split_once([':', '/'])) {
            ("secretsmanager", Some(("secret", rest))) => Self::of_secret(text, rest, arn.region),
            // The slash is the first of the parameter's name.
            ("ssm", Some(("parameter", rest))) if is_parameter(rest) => {
                Ok(Self::bare(text, SecretStore::ParameterStore, arn.region))
            }
            ("secretsmanager" | "ssm", _) => Err(format!("the ARN of something else of {}", arn.service)),
            (other, _) => Err(format!("an ARN of {other}, and secrets are kept in secretsmanager or ssm")),
        }
    }

    /// `NAME[:JSON-KEY[:STAGE[:VERSION]]]`, each of the three possibly empty.
    fn of_secret(text: &str, rest: &str, region: Option<Region>) -> Result<Self, String> {
        let parts: Vec<&str> = rest.split(':').collect();
        let (name, behind) = parts.split_first().ok_or("the name is missing")?;
        if !is_name(name, 512, "/_+=.@-") || behind.len() > 3 {
            return Err("behind secret: stand the name and at most json-key:version-stage:version-id".into());
        }
        let part = |index: usize| behind.get(index).filter(|part| !part.is_empty()).map(|part| (*part).to_owned());
        let id = text[..text.len() - rest.len() + name.len()].to_owned();
        Ok(Self {
            json_key: part(0),
            version_stage: part(1),
            version_id: part(2),
            ..Self::bare(&id, SecretStore::SecretsManager, region)
        })
    }

    fn bare(id: &str, store: SecretStore, region: Option<Region>) -> Self {
        Self { region, id: id.to_owned(), store, json_key: None, version_stage: None, version_id: None }
    }

    /// The same where this is the Region of the run.
    pub(super) fn at(self, region: &Region, purpose: SecretUse) -> SecretRef {
        SecretRef {
            id: self.id,
            store: self.store,
            region: self.region.unwrap_or_else(|| region.clone()),
            purpose,
            json_key: self.json_key,
            version_stage: self.version_stage,
            version_id: self.version_id,
        }
    }
}

impl SecretRef {
    /// Whether it is what some reference, read where the run is, says: it may come from a file that was edited.
    pub(in crate::inputs) fn is_sound(&self, region: &Region) -> bool {
        let again = Reference::parse(&self.written(), self.store).map(|read| read.at(region, self.purpose.clone()));
        let is_use = match &self.purpose {
            SecretUse::Registry { image } => ImageRef::parse(image).is_ok(),
            SecretUse::Environment | SecretUse::LogOption => true,
        };
        again.as_ref() == Ok(self) && is_use
    }

    /// As a task definition writes it.
    pub fn written(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let behind = [part(&self.json_key), part(&self.version_stage), part(&self.version_id)].join(":");
        let behind = behind.trim_end_matches(':');
        if behind.is_empty() { self.id.clone() } else { format!("{}:{behind}", self.id) }
    }

    /// Whether both are one fetch: what the value is for makes no other one, but for a registry, which needs its own.
    pub(in crate::inputs) fn is_one_with(&self, other: &Self) -> bool {
        let as_other = Self { purpose: other.purpose.clone(), ..self.clone() };
        let is_registry = matches!(self.purpose, SecretUse::Registry { .. });
        as_other == *other && (!is_registry || self.purpose == other.purpose)
    }
}

/// The name of a parameter, with the version or label that may follow it.
fn is_parameter(text: &str) -> bool {
    let (name, selector) = text.split_once(':').map_or((text, None), |(name, selector)| (name, Some(selector)));
    is_name(name, 2048, "/_.-") && selector.is_none_or(|selector| is_name(selector, 100, "_.-"))
}

fn is_name(text: &str, longest: usize, further: &str) -> bool {
    (1..=longest).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || further.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:us-west-2:123456789012:secret:db/password-AbCdEf";
    const PARAMETER: &str = "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/url";

    #[test]
    fn a_reference_is_taken_apart_and_put_together() {
        use SecretStore::{ParameterStore, SecretsManager};
        let home = Region::parse("ap-northeast-1").unwrap();
        let with_key = format!("{SECRET}:password::");
        let with_stage = format!("{SECRET}::AWSPREVIOUS:");
        let with_all = format!("{SECRET}:password::0c2f");
        let table = [
            (SECRET, SECRET, SecretsManager, "us-west-2", [None, None, None]),
            (&with_key, SECRET, SecretsManager, "us-west-2", [Some("password"), None, None]),
            (&with_stage, SECRET, SecretsManager, "us-west-2", [None, Some("AWSPREVIOUS"), None]),
            (&with_all, SECRET, SecretsManager, "us-west-2", [Some("password"), None, Some("0c2f")]),
            (PARAMETER, PARAMETER, ParameterStore, "eu-west-1", [None; 3]),
            ("db/password", "db/password", SecretsManager, "ap-northeast-1", [None; 3]),
            ("/prod/url", "/prod/url", ParameterStore, "ap-northeast-1", [None; 3]),
            ("/prod/url:3", "/prod/url:3", ParameterStore, "ap-northeast-1", [None; 3]),
            ("ssm:url", "url", ParameterStore, "ap-northeast-1", [None; 3]),
        ];
        for (text, id, store, region, [key, stage, version]) in table {
            let secret = Reference::of_flag(text).unwrap().at(&home, SecretUse::Environment);
            let seen = [&secret.json_key, &secret.version_stage, &secret.version_id].map(Option::as_deref);
            assert_eq!(
                (secret.id.as_str(), secret.store, secret.region.as_str(), seen),
                (id, store, region, [key, stage, version])
            );
            assert!(secret.is_sound(&home), "{text}");
            assert_eq!(secret.written().trim_end_matches(':'), text.trim_end_matches(':').trim_start_matches("ssm:"));
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        let too_many = format!("{SECRET}:a:b:c:d");
        let table = [
            "",
            "a b",
            "a:b",
            "ssm:",
            "ssm:a?b",
            "${SECRET}",
            "日本",
            "arn:aws:secretsmanager:us-west-2:123456789012:secret:",
            "arn:aws:secretsmanager:us-west-2::secret:a",
            "arn:aws:secretsmanager::123456789012:secret:a",
            "arn:aws:secretsmanager:us-west-2:123456789012:policy:a",
            "arn:aws:secretsmanager:cn-north-1:123456789012:secret:a",
            "arn:aws:ssm:us-west-2:123456789012:document/a",
            "arn:aws:s3:::bucket/key",
            too_many.as_str(),
        ];
        for text in table {
            assert!(Reference::of_flag(text).is_err(), "{text}");
        }
    }
}
