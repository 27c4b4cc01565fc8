//! Credentials: keys that leave this module only as a signature, or to be cut out of a text.

use std::fmt;
use std::time::SystemTime;

/// Keys, what they expire at and whose they are.
#[derive(Clone)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expires_at: Option<SystemTime>,
    role_arn: Option<String>,
}

/// Why there are no credentials, in one sentence without a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unavailable(pub(super) String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}

impl Credentials {
    /// Keys that a header can carry; what is wrong with them, by the name of the field, where it can't.
    pub(super) fn new(
        access_key_id: String,
        secret_access_key: String,
        session_token: Option<String>,
    ) -> Result<Self, &'static str> {
        // An empty token is no token: a header without a value would be part of the signature.
        let session_token = session_token.filter(|token| !token.is_empty());
        let is_key = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_key(&access_key_id) {
            return Err("access key id");
        }
        if !is_key(&secret_access_key) {
            return Err("secret access key");
        }
        if !session_token.as_deref().is_none_or(is_key) {
            return Err("session token");
        }
        Ok(Self { access_key_id, secret_access_key, session_token, expires_at: None, role_arn: None })
    }

    pub(super) fn expiring(self, at: Option<SystemTime>) -> Self {
        Self { expires_at: at, ..self }
    }

    pub(super) fn of_role(self, arn: Option<String>) -> Self {
        Self { role_arn: arn, ..self }
    }

    /// The role whose keys these are, where the source tells.
    pub fn role_arn(&self) -> Option<&str> {
        self.role_arn.as_deref()
    }

    /// When they end, where the source tells.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// What no text may hold.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        [Some(&self.access_key_id), Some(&self.secret_access_key), self.session_token.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// In the signer's own type.
    pub(super) fn for_signer(&self) -> aws_credential_types::Credentials {
        let token = self.session_token.clone();
        aws_credential_types::Credentials::new(&self.access_key_id, &self.secret_access_key, token, None, "vpcprobe")
    }
}

/// Shows whose keys these are, and none of them.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role_arn, expires_at, access_key_id: _, secret_access_key: _, session_token: _ } = self;
        let mut shown = f.debug_struct("Credentials");
        shown.field("role_arn", role_arn).field("expires_at", expires_at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(id: &str, secret: &str, token: Option<&str>) -> Result<Credentials, &'static str> {
        Credentials::new(id.to_owned(), secret.to_owned(), token.map(str::to_owned))
    }

    #[test]
    fn keys_are_what_a_header_can_carry() {
        let table = [
            (("AKIDEXAMPLE", "wJalr/+=", None), None),
            (("AKIDEXAMPLE", "wJalr/+=", Some("IQoJ//==")), None),
            (("AKIDEXAMPLE", "wJalr/+=", Some("")), None),
            (("", "wJalr", None), Some("access key id")),
            (("AKID\n", "wJalr", None), Some("access key id")),
            (("AKID", "", None), Some("secret access key")),
            (("AKID", "wJalr", Some("a\r\nb: c")), Some("session token")),
            (("AKID", "wJalr", Some("schlüssel")), Some("session token")),
        ];
        for ((id, secret, token), wrong) in table {
            assert_eq!(made(id, secret, token).err(), wrong, "{id:?} {secret:?} {token:?}");
        }
    }

    #[test]
    fn every_key_is_named_for_cutting_and_none_is_shown() {
        let credentials = made("AKIDEXAMPLE", "wJalr", Some("IQoJ")).unwrap();
        assert_eq!(credentials.secrets().collect::<Vec<_>>(), ["AKIDEXAMPLE", "wJalr", "IQoJ"]);
        let shown = format!("{:?}", credentials.of_role(Some("arn:aws:iam::1:role/r".to_owned())));
        assert_eq!(shown, "Credentials { role_arn: Some(\"arn:aws:iam::1:role/r\"), expires_at: None, .. }");
    }
}
