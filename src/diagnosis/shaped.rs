//! What may stand in a command that somebody pastes: only what is shaped like the thing that it should be. Answers are
//! written by strangers, and names by whoever made them.

/// The longest name or ARN that AWS allows anywhere.
const LONGEST: usize = 2_048;

/// A name, path or ARN that no shell makes anything of.
pub fn word(text: &str) -> Option<&str> {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "_./:@+=,-".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    (begins && text.len() <= LONGEST && text.chars().all(harmless)).then_some(text)
}

/// The same, or the shell variable that stands for it.
pub fn word_or<'t>(text: Option<&'t str>, variable: &'t str) -> &'t str {
    text.and_then(word).unwrap_or(variable)
}

/// `arn:PARTITION:SERVICE:…`
pub fn arn(text: &str) -> Option<&str> {
    let mut fields = word(text)?.splitn(6, ':');
    let is_arn = fields.next() == Some("arn") && fields.next().is_some_and(|partition| partition.starts_with("aws"));
    (is_arn && fields.count() == 4).then_some(text)
}

/// `service:Operation`
pub fn action(text: &str) -> Option<&str> {
    let (service, operation) = text.split_once(':')?;
    let is_service =
        !service.is_empty() && service.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let is_operation =
        operation.starts_with(|c: char| c.is_ascii_uppercase()) && operation.chars().all(|c| c.is_ascii_alphanumeric());
    (is_service && is_operation && text.len() <= 128).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shaped_right_gets_into_a_command() {
        let arns = [
            ("arn:aws:iam::123456789012:role/ecsTaskExecutionRole", true),
            ("arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/a/b", true),
            ("arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:app/db-AbCdEf", true),
            ("arn:aws:ecr:r:1:repository/x$(reboot)", false),
            ("arn:aws:ecr:r:1:repository/x;id", false),
            ("arn:aws:ecr:r:1:repository/x'y", false),
            ("arn:aws:ecr:r:1:repository/x y", false),
            ("arn:evil:ecr:r:1:x", false),
            ("arn:aws:ecr", false),
            ("--profile", false),
        ];
        for (text, expected) in arns {
            assert_eq!(arn(text).is_some(), expected, "{text}");
        }
        let actions = [
            ("ecr:GetAuthorizationToken", true),
            ("s3:GetObject", true),
            ("logs:`id`", false),
            ("ecr:*", false),
            ("GetObject", false),
            (":GetObject", false),
            ("ecr:getobject", false),
        ];
        for (text, expected) in actions {
            assert_eq!(action(text).is_some(), expected, "{text}");
        }
        assert_eq!((word("/ecs/app"), word("-x"), word("a$b"), word("")), (Some("/ecs/app"), None, None, None));
        assert_eq!(word(&"a".repeat(3_000)), None);
    }
}
