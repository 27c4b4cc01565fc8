//! AWS's sentence of denial, taken apart: who, what, on what, and by which kind of policy.
//!
//! `User: PRINCIPAL is not authorized to perform: ACTION on resource: RESOURCE because no KIND allows the ACTION action`, or
//! `… with an explicit deny in a KIND`; with any part left away, and cut off at any place. The wording is that of IAM's
//! guide, "Troubleshoot access denied error messages". What stands in it may be a stranger's text: it is taken as shown,
//! and gets into a command only by `shaped`.

use crate::diagnosis::shaped;

/// What was denied, as far as it is said.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Denial<'a> {
    /// The kind of policy that denies it; none where that is not said.
    pub by: Option<PolicyKind>,
    /// Whether a statement denies it; otherwise none allows it.
    pub explicit: bool,
    /// Who was denied.
    pub principal: Option<&'a str>,
    /// What.
    pub action: Option<&'a str>,
    /// On what: an ARN or `*`.
    pub resource: Option<&'a str>,
    /// The whole text.
    pub text: &'a str,
}

/// The kinds of policy that AWS names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyKind {
    /// Of the role itself.
    Identity,
    /// Of the VPC endpoint that carried the call.
    Endpoint,
    /// Of the repository, secret, key, bucket.
    Resource,
    /// Of the organization, for accounts.
    ServiceControl,
    /// Of the organization, for resources.
    ResourceControl,
    /// The most that the role may be given.
    Boundary,
    /// Given when the role was assumed.
    Session,
}

/// The words for each kind.
const KINDS: &[(&str, PolicyKind)] = &[
    ("identity-based policy", PolicyKind::Identity),
    ("VPC endpoint policy", PolicyKind::Endpoint),
    ("resource-based policy", PolicyKind::Resource),
    ("service control policy", PolicyKind::ServiceControl),
    ("resource control policy", PolicyKind::ResourceControl),
    ("permissions boundary", PolicyKind::Boundary),
    ("session policy", PolicyKind::Session),
];

const LACKING: &str = " because no ";
const FORBIDDEN: &str = " with an explicit deny in ";

impl PolicyKind {
    /// AWS's own word for it.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("policy", |(name, _)| name)
    }
}

impl<'a> Denial<'a> {
    /// Take a sentence apart.
    pub fn read(text: &'a str) -> Self {
        let (sentence, reason) = split(text);
        let (by, explicit) = reason.unwrap_or((None, false));
        let principal = after(sentence, "User: ").and_then(|rest| first_word(rest, " is not "));
        let action = after(sentence, "perform: ").and_then(|rest| first_word(rest, " "));
        let resource = after(sentence, "on resource: ").map(|rest| rest.trim().trim_matches('"'));
        Self {
            by,
            explicit,
            principal: principal.and_then(shaped::arn),
            action: action.and_then(shaped::action),
            resource: resource.filter(|resource| *resource == "*" || shaped::arn(resource).is_some()),
            text,
        }
    }
}

/// The sentence, and what its end says of the policy. The last such end counts: a resource's name may look like one.
fn split(text: &str) -> (&str, Option<(Option<PolicyKind>, bool)>) {
    let lacking = text.rfind(LACKING).map(|at| (at, LACKING, false));
    let forbidden = text.rfind(FORBIDDEN).map(|at| (at, FORBIDDEN, true));
    let Some((at, words, explicit)) = lacking.into_iter().chain(forbidden).max_by_key(|(at, ..)| *at) else {
        return (text, None);
    };
    let kind = text[at + words.len()..].trim_start_matches("an ").trim_start_matches("a ");
    (&text[..at], Some((policy(kind), explicit)))
}

/// The kind of policy; of words that are cut off, the only kind that they can be the beginning of.
fn policy(words: &str) -> Option<PolicyKind> {
    if let Some((_, kind)) = KINDS.iter().find(|(name, _)| words.starts_with(name)) {
        return Some(*kind);
    }
    let cut = words.trim_end_matches(['.', '…']);
    let mut meant = KINDS.iter().filter(|(name, _)| !cut.is_empty() && name.starts_with(cut)).map(|(_, kind)| *kind);
    meant.next().filter(|_| meant.next().is_none())
}

fn after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    text.split_once(words).map(|(_, rest)| rest)
}

fn first_word<'a>(rest: &'a str, end: &str) -> Option<&'a str> {
    rest.split(end).next().map(|word| word.trim_end_matches([',', '.'])).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: &str = "arn:aws:sts::123456789012:assumed-role/shop/0c2f";

    #[test]
    fn aws_says_which_kind_of_policy_denies() {
        use PolicyKind::{Boundary, Endpoint, Identity, Resource, ResourceControl, ServiceControl, Session};
        let begin = format!("User: {WHO} is not authorized to perform: ecr:BatchGetImage on resource: ");
        let repository = "arn:aws:ecr:eu-west-1:123456789012:repository/shop/web";
        let table: &[(&str, Option<PolicyKind>, bool)] = &[
            (" because no identity-based policy allows the ecr:BatchGetImage action", Some(Identity), false),
            (" because no VPC endpoint policy allows the ecr:BatchGetImage action", Some(Endpoint), false),
            (" because no resource-based policy allows the ecr:BatchGetImage action", Some(Resource), false),
            (" because no session policy allows the ecr:BatchGetImage action", Some(Session), false),
            (" because no permissions boundary allows the ecr:BatchGetImage action", Some(Boundary), false),
            (" because no service control policy allows the ecr:BatchGetImage action", Some(ServiceControl), false),
            (" because no resource control policy allows the action", Some(ResourceControl), false),
            (" with an explicit deny in an identity-based policy", Some(Identity), true),
            (" with an explicit deny in a VPC endpoint policy", Some(Endpoint), true),
            (" with an explicit deny in a resource-based policy", Some(Resource), true),
            (" with an explicit deny in a service control policy", Some(ServiceControl), true),
            (" with an explicit deny in a resource control policy", Some(ResourceControl), true),
            (" with an explicit deny in a permissions boundary", Some(Boundary), true),
            (" with an explicit deny in a session policy", Some(Session), true),
            (
                " with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/guard",
                Some(Identity),
                true,
            ),
            ("", None, false),
            (" because of a policy that is new", None, false),
            (" because no VPC end", Some(Endpoint), false),
            (" because no resource-b…", Some(Resource), false),
            (" because no resource", None, false),
            (" with an explicit deny in a serv", Some(ServiceControl), true),
            (" because no ", None, false),
        ];
        for (end, by, explicit) in table {
            let text = format!("{begin}{repository}{end}");
            let denial = Denial::read(&text);
            assert_eq!((denial.by, denial.explicit), (*by, *explicit), "{text}");
            assert_eq!((denial.principal, denial.action), (Some(WHO), Some("ecr:BatchGetImage")), "{text}");
            if by.is_some() || end.is_empty() {
                assert_eq!(denial.resource, Some(repository), "{text}");
            }
        }
    }

    #[test]
    fn what_is_not_shaped_right_is_left_away() {
        let table = [
            ("a generic one", "Access Denied", (None, None, None)),
            (
                "another partition",
                "User: arn:aws-cn:sts::1:assumed-role/r/s is not authorized to perform: s3:GetObject on resource: \
                 \"arn:aws-cn:s3:::b/k\" because no VPC endpoint policy allows the s3:GetObject action",
                (Some("arn:aws-cn:sts::1:assumed-role/r/s"), Some("s3:GetObject"), Some("arn:aws-cn:s3:::b/k")),
            ),
            (
                "every resource",
                "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ecr:GetAuthorizationToken on \
                 resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action",
                (Some("arn:aws:sts::1:assumed-role/r/s"), Some("ecr:GetAuthorizationToken"), Some("*")),
            ),
            (
                "shell in each",
                "User: $(reboot) is not authorized to perform: `id` on resource: arn:aws:s3:::b/$(reboot) because no x",
                (None, None, None),
            ),
            ("nothing behind the words", "User: is not authorized to perform: on resource: ", (None, None, None)),
            (
                "letters of several bytes",
                "User: ü is not authorized to perform: ü on resource: ü because no ü",
                (None, None, None),
            ),
        ];
        for (about, text, expected) in table {
            let denial = Denial::read(text);
            assert_eq!((denial.principal, denial.action, denial.resource), expected, "{about}");
        }
    }

    #[test]
    fn a_resource_that_imitates_the_end_of_the_sentence_does_not_count() {
        let text = "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: secretsmanager:GetSecretValue on \
                    resource: x because no VPC endpoint policy allows because no identity-based policy allows the action";
        let denial = Denial::read(text);
        assert_eq!((denial.by, denial.resource), (Some(PolicyKind::Identity), None));
    }
}
