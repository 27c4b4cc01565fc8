//! Where credentials come from, in the order of the SDKs: keys in the environment, then the container's endpoint.

use std::fmt;
use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::container::Endpoint;
use super::{Credentials, Unavailable};

/// A place that credentials come from. It may hold secrets itself.
pub struct Source {
    kind: SourceKind,
    place: Place,
}

/// What a report says of the place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SourceKind {
    /// The endpoint that the platform gives a container.
    Container,
    /// Keys in the environment.
    Environment,
    /// A Lambda function's own.
    Lambda,
}

impl SourceKind {
    /// The word in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Environment => "environment",
            Self::Lambda => "lambda",
        }
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

enum Place {
    Keys(Credentials),
    Endpoint(Endpoint),
    /// The environment names something that can't be used.
    Unusable(Unavailable),
}

impl Source {
    /// The first place that the environment names; none where it names none. An empty variable counts as unset.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let is_lambda = lookup("AWS_LAMBDA_FUNCTION_NAME").is_some();
        let of = |kind| if is_lambda { SourceKind::Lambda } else { kind };
        if let Some(keys) = keys(&lookup) {
            let place = keys.map_or_else(Place::Unusable, Place::Keys);
            return Some(Self { kind: of(SourceKind::Environment), place });
        }
        let place = Endpoint::read(&lookup)?.map_or_else(Place::Unusable, Place::Endpoint);
        Some(Self { kind: of(SourceKind::Container), place })
    }

    /// What a report says of it.
    pub fn kind(&self) -> SourceKind {
        self.kind
    }

    /// Ask for credentials, within two seconds.
    pub async fn fetch(&self) -> Result<Credentials, Unavailable> {
        match &self.place {
            Place::Keys(credentials) => Ok(credentials.clone()),
            Place::Endpoint(endpoint) => endpoint.fetch().await,
            Place::Unusable(why) => Err(why.clone()),
        }
    }
}

/// Keys in the environment. A secret key without its id is passed over, as the SDKs do.
fn keys(lookup: &impl Fn(&str) -> Option<String>) -> Option<Result<Credentials, Unavailable>> {
    let failed = |why: &str| Unavailable(format!("read credentials from the environment: {why}"));
    let id = lookup("AWS_ACCESS_KEY_ID")?;
    let Some(secret) = lookup("AWS_SECRET_ACCESS_KEY") else {
        return Some(Err(failed("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY")));
    };
    let made = Credentials::new(id, secret, lookup("AWS_SESSION_TOKEN"));
    let expires_at = lookup("AWS_CREDENTIAL_EXPIRATION").as_deref().and_then(moment);
    Some(
        made.map(|keys| keys.expiring(expires_at))
            .map_err(|field| failed(&format!("the {field} holds characters that no such key has"))),
    )
}

/// A moment as AWS writes it.
pub(super) fn moment(text: &str) -> Option<SystemTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(SystemTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Option<Source> {
        Source::read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    fn shown(source: Option<Source>) -> String {
        match source {
            None => "none".to_owned(),
            Some(Source { kind, place: Place::Keys(_) }) => format!("{kind}: keys"),
            Some(Source { kind, place: Place::Endpoint(_) }) => format!("{kind}: endpoint"),
            Some(Source { kind, place: Place::Unusable(why) }) => format!("{kind}: {why}"),
        }
    }

    const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "wJalr")];
    const RELATIVE: (&str, &str) = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/0123");
    const FULL: (&str, &str) = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials");
    const FUNCTION: (&str, &str) = ("AWS_LAMBDA_FUNCTION_NAME", "f");

    #[test]
    fn the_first_place_that_is_named_is_the_source() {
        let table: &[(&[(&str, &str)], &str)] = &[
            (&[], "none"),
            (&[FUNCTION], "none"),
            (&KEYS, "environment: keys"),
            (&[KEYS[0], KEYS[1], RELATIVE], "environment: keys"),
            (&[KEYS[0], KEYS[1], FUNCTION], "lambda: keys"),
            (&[RELATIVE], "container: endpoint"),
            (&[FULL], "container: endpoint"),
            (&[FULL, FUNCTION], "lambda: endpoint"),
            (&[KEYS[1], RELATIVE], "container: endpoint"),
            (&[("AWS_ACCESS_KEY_ID", ""), RELATIVE], "container: endpoint"),
            (
                &[KEYS[0], RELATIVE],
                "environment: read credentials from the environment: \
                 AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY",
            ),
            (
                &[KEYS[0], KEYS[1], ("AWS_SESSION_TOKEN", "a\nb")],
                "environment: read credentials from the environment: \
                 the session token holds characters that no such key has",
            ),
        ];
        for (variables, expected) in table {
            assert_eq!(shown(read(variables)), *expected, "{variables:?}");
        }
    }

    #[tokio::test]
    async fn keys_of_the_environment_tell_their_end() {
        let expiry = ("AWS_CREDENTIAL_EXPIRATION", "2026-11-21T10:00:00Z");
        let credentials = read(&[KEYS[0], KEYS[1], expiry]).unwrap().fetch().await.unwrap();
        assert_eq!(credentials.expires_at(), moment("2026-11-21T10:00:00+00:00"));
        assert!(credentials.expires_at().is_some());
        assert_eq!(credentials.role_arn(), None);
    }
}
