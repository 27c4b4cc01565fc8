//! ARNs: six parts between colons, the last of them a service's own.

use crate::inputs::Region;

/// An ARN whose partition, Region and account fit together.
#[derive(Debug)]
pub(super) struct Arn<'a> {
    /// The service.
    pub(super) service: &'a str,
    /// The Region, where it names one.
    pub(super) region: Option<Region>,
    /// The account, where it names one.
    pub(super) account: Option<&'a str>,
    /// What the service writes behind the account.
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Take an ARN apart, or say what is wrong with it.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        const FORM: &str = "not an ARN, which has six parts: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE";
        refuse_what_is_none(text)?;
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, partition, service, region, account, resource] = parts[..] else { return Err(FORM.into()) };
        if service.is_empty() || resource.is_empty() || !text.starts_with("arn:") {
            return Err(FORM.into());
        }
        let region = match region {
            "" => None,
            name => Some(Region::parse(name).ok_or("the Region in the ARN fits no partition")?),
        };
        if region.as_ref().is_some_and(|region| region.partition().id() != partition) {
            return Err("the Region in the ARN is of another partition than the ARN".into());
        }
        if !account.is_empty() && (account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit())) {
            return Err("the account in the ARN is not one of 12 digits".into());
        }
        Ok(Self { service, region, account: Some(account).filter(|account| !account.is_empty()), resource })
    }
}

/// What a template left behind, or what would steer a terminal, is no name of anything.
pub(super) fn refuse_what_is_none(text: &str) -> Result<(), String> {
    if text.contains(['<', '>', '{', '}', '$']) {
        return Err("a placeholder that nothing was put into".into());
    }
    if text.chars().any(char::is_control) {
        return Err("there is a line break or another control character in it".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_parts_that_fit_together() {
        let table = [
            ("arn:aws:s3:::bucket/a:b", Some(("s3", None, None, "bucket/a:b"))),
            (
                "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/x",
                Some(("ssm", Some("cn-north-1"), Some("123456789012"), "parameter/x")),
            ),
            ("arn:aws:ssm:cn-north-1:123456789012:parameter/x", None),
            ("arn:aws:ssm:nowhere:123456789012:parameter/x", None),
            ("arn:aws:ssm:eu-west-1:12345:parameter/x", None),
            ("arn:aws:ssm:eu-west-1:123456789012:", None),
            ("arn:aws:ssm:eu-west-1:123456789012", None),
            ("arn:aws:ssm:${AWS::Region}:123456789012:parameter/x", None),
            ("arn:aws:s3:::bucket/a b", Some(("s3", None, None, "bucket/a b"))),
            ("arn:aws:ssm:eu-west-1:123456789012:parameter/\u{1b}[1m", None),
            ("urn:aws:ssm:eu-west-1:123456789012:parameter/x", None),
            ("", None),
        ];
        for (text, expected) in table {
            let arn = Arn::parse(text).ok();
            let seen = arn.as_ref().map(|a| (a.service, a.region.as_ref().map(Region::as_str), a.account, a.resource));
            assert_eq!(seen, expected, "{text}");
        }
    }
}
