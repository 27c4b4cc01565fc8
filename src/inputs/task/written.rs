//! What a task definition and the flags that speak in its place say, before the Region of the run is known.

use super::arn::{Arn, refuse_what_is_none};
use super::secret::Reference;
use super::{EfsVolume, EnvironmentFile, LogGroup, Platform, SecretRef, SecretUse, TaskDefinition, definition};
use crate::inputs::raw::each;
use crate::inputs::{Error, ImageRef, RawInputs, Region};

/// What is written, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::inputs) struct Written {
    /// The containers' images.
    pub(in crate::inputs) images: Vec<ImageRef>,
    /// What is fetched, and what for.
    pub(super) secrets: Vec<(Reference, SecretUse)>,
    /// What the awslogs driver writes to.
    pub(super) log_groups: Vec<WrittenGroup>,
    /// Files in S3.
    pub(in crate::inputs) environment_files: Vec<EnvironmentFile>,
    /// File systems.
    pub(in crate::inputs) volumes: Vec<EfsVolume>,
    /// What the images must be for.
    pub(in crate::inputs) platform: Option<Platform>,
    /// What else is said, where there is a task definition.
    pub(in crate::inputs) task_definition: Option<TaskDefinition>,
    /// The Region in the task definition's own ARN.
    pub(super) region: Option<Region>,
    /// The account there.
    pub(in crate::inputs) account: Option<String>,
}

/// A log group whose Region may not be said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct WrittenGroup {
    pub(super) name: String,
    pub(super) region: Option<Region>,
    pub(super) create: bool,
}

impl Written {
    /// Believe `--task-definition`, `--log-group` and `--secret`, or say what is wrong with them.
    pub(in crate::inputs) fn accept(raw: &RawInputs) -> Result<Self, Error> {
        let mut written = match &raw.task_definition {
            Some(text) => definition::parse(text)?,
            None => Self::default(),
        };
        for value in each(&raw.log_groups) {
            let group = WrittenGroup::of_flag(value).map_err(|why| Error::of("--log-group", value, &why))?;
            written.log_groups.push(group);
        }
        for value in each(&raw.secrets) {
            let secret = Reference::of_flag(value).map_err(|why| refused_secret(value, &why))?;
            written.secrets.push((secret, SecretUse::Environment));
        }
        Ok(written)
    }

    /// The Region that it speaks of, where nothing nearer names one: its own ARN's, its logs', its secrets'.
    pub(in crate::inputs) fn region(&self) -> Option<Region> {
        let of_groups = || self.log_groups.iter().find_map(|group| group.region.clone());
        let of_secrets = || self.secrets.iter().find_map(|(secret, _)| secret.region.clone());
        self.region.clone().or_else(of_groups).or_else(of_secrets)
    }

    /// The secrets, each fetch once.
    pub(in crate::inputs) fn secrets_at(&self, region: &Region) -> Vec<SecretRef> {
        let mut kept: Vec<SecretRef> = Vec::new();
        for (secret, purpose) in &self.secrets {
            let secret = secret.clone().at(region, purpose.clone());
            if !kept.iter().any(|known| secret.is_one_with(known)) {
                kept.push(secret);
            }
        }
        kept
    }

    /// The log groups, each once; created where one of the containers creates it.
    pub(in crate::inputs) fn log_groups_at(&self, region: &Region) -> Vec<LogGroup> {
        let mut kept: Vec<LogGroup> = Vec::new();
        for group in &self.log_groups {
            let there = group.region.as_ref().unwrap_or(region);
            match kept.iter_mut().find(|known| known.name == group.name && known.region == *there) {
                Some(known) => known.create |= group.create,
                None => kept.push(LogGroup { name: group.name.clone(), region: there.clone(), create: group.create }),
            }
        }
        kept
    }
}

impl WrittenGroup {
    /// Accept a log group's name or its ARN.
    fn of_flag(text: &str) -> Result<Self, String> {
        if !text.starts_with("arn:") {
            return Ok(Self { name: group_name(text)?, region: None, create: false });
        }
        let arn = Arn::parse(text)?;
        let name = arn.resource.strip_prefix("log-group:").filter(|_| arn.service == "logs");
        // The ARN as IAM writes it ends in a star for the streams.
        let name = name.ok_or("not the ARN of a log group")?.trim_end_matches(":*");
        Ok(Self { name: group_name(name)?, region: arn.region, create: false })
    }
}

/// Accept a log group's name.
pub(super) fn group_name(text: &str) -> Result<String, String> {
    refuse_what_is_none(text)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-/#".contains(c);
    if (1..=512).contains(&text.len()) && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("not a log group's name of 1 to 512 letters, digits and any of ._-/#".into())
    }
}

impl EnvironmentFile {
    /// Accept the ARN of an object in S3.
    pub(in crate::inputs) fn parse(text: &str) -> Result<Self, String> {
        let arn = Arn::parse(text)?;
        let (bucket, key) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
        if arn.service != "s3" || !is_bucket(bucket) || !(1..=1024).contains(&key.len()) {
            return Err("not the ARN of an object in S3, arn:aws:s3:::BUCKET/KEY".into());
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

/// Who pastes a secret's value for its name should not find it in a log; an ARN is no value.
fn refused_secret(given: &str, why: &str) -> Error {
    if given.starts_with("arn:") {
        return Error::of("--secret", given, why);
    }
    Error(format!("--secret: what is given (not shown here, it might be a value): {why}"))
}

fn is_bucket(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (3..=63).contains(&text.len()) && text.split('.').all(|label| is_label(label) && label.bytes().all(fits))
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}

impl EfsVolume {
    /// Accept a file system's id.
    pub(in crate::inputs) fn parse(text: &str) -> Result<Self, String> {
        refuse_what_is_none(text)?;
        let hex = text.strip_prefix("fs-").unwrap_or_default();
        if (8..=40).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()) {
            Ok(Self { file_system: text.to_owned() })
        } else {
            Err("not a file system's id such as fs-0123456789abcdef0".into())
        }
    }
}

impl LogGroup {
    /// Whether its name is one: it may come from a file that was edited.
    pub(in crate::inputs) fn is_sound(&self) -> bool {
        group_name(&self.name).is_ok()
    }
}

impl EnvironmentFile {
    /// Whether it is what some ARN says: it may come from a file that was edited.
    pub(in crate::inputs) fn is_sound(&self) -> bool {
        Self::parse(&format!("arn:aws:s3:::{}/{}", self.bucket, self.key)).as_ref() == Ok(self)
    }
}

impl Platform {
    /// What the machine's own programs are for, as image indexes write it.
    pub(in crate::inputs) fn of_machine(architecture: Option<&str>) -> Self {
        let usual = Self::default();
        let architecture = match architecture {
            Some("aarch64") => "arm64".to_owned(),
            Some(_) | None => usual.architecture,
        };
        Self { architecture, ..usual }
    }

    /// Whether an image index could write it so: it may come from a file that was edited.
    pub(in crate::inputs) fn is_sound(&self) -> bool {
        let is_word = |text: &str| (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        is_word(&self.os) && is_word(&self.architecture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_group_is_a_name_or_an_arn() {
        let table = [
            ("/ecs/app", Some(("/ecs/app", None))),
            ("arn:aws:logs:us-west-2:123456789012:log-group:/ecs/app:*", Some(("/ecs/app", Some("us-west-2")))),
            ("arn:aws:logs:us-west-2:123456789012:log-group:app", Some(("app", Some("us-west-2")))),
            ("arn:aws:s3:::app", None),
            ("arn:aws:logs:us-west-2:123456789012:destination:x", None),
            ("a b", None),
            ("${GROUP}", None),
            ("a:b", None),
            ("日本", None),
        ];
        for (text, expected) in table {
            let group = WrittenGroup::of_flag(text).ok();
            let seen = group.as_ref().map(|group| (group.name.as_str(), group.region.as_ref().map(Region::as_str)));
            assert_eq!(seen, expected, "{text}");
        }
        assert!(group_name(&"a".repeat(513)).is_err());
    }

    #[test]
    fn an_environment_file_and_a_file_system_are_what_their_ids_say() {
        let file = EnvironmentFile::parse("arn:aws-cn:s3:::my.bucket/a b/c.env").unwrap();
        assert_eq!((file.bucket.as_str(), file.key.as_str(), file.is_sound()), ("my.bucket", "a b/c.env", true));
        for none in [
            "arn:aws:s3:::bucket",
            "arn:aws:s3:::bucket/",
            "s3://bucket/key",
            "arn:aws:s3:::Bu/key",
            "arn:aws:s3:::-ab/key",
        ] {
            assert!(EnvironmentFile::parse(none).is_err(), "{none}");
        }
        let edited = EnvironmentFile { bucket: "b.example.com/x".to_owned(), key: "k".to_owned() };
        assert!(!edited.is_sound());
        assert!(EfsVolume::parse("fs-0123456789abcdef0").is_ok());
        for none in ["fs-", "fs-XYZ", "fsap-0123456789abcdef0", "fs-0123456789ABCDEF0", "fs-1.example.com"] {
            assert!(EfsVolume::parse(none).is_err(), "{none}");
        }
    }
}
