//! Which words of a text are somebody's own names.

use super::fields::Place;
use super::scan::{Token, scan};
use super::words;

/// Hands on a word, and what its alias begins with.
type Named<'n> = &'n mut dyn FnMut(&str, &'static str);

const NAME: &str = "name";
const HOST: &str = "host";
const ID: &str = "id";

/// Find the names in a text, by the place where it stands and by what tells of names anywhere.
pub(super) fn names(place: Place<'_>, text: &str, named: Named<'_>) {
    anywhere(text, named);
    match (place.above, place.key) {
        (_, "cluster" | "execution_role" | "task_role") | ("secrets", "id") if text.starts_with("arn:") => {}
        (
            _,
            "repository" | "tag" | "bucket" | "json_key" | "version_id" | "version_stage" | "cluster"
            | "execution_role" | "task_role" | "file" | "ca_bundle" | "roots" | "sink" | "about" | "expectations_file",
        )
        | ("environment_files", "key")
        | ("log_groups" | "task_definition" | "function" | "runs", "name")
        | ("secrets", "id")
        | ("proxy", "value") => all(text, NAME, named),
        (_, "host" | "server_name" | "names" | "soa_owner" | "private_dns_name")
        | ("aliases", "name")
        | ("expectations", "what") => host(text, named),
        (_, "subject" | "issuer") => distinguished(text, named),
        (_, "reference" | "image") => image(text, named),
        (_, "left_out") | ("targets", "name") => host(text, named),
        (_, "issuers") if !words::is_named_authority(text) => all(text, NAME, named),
        (_, "not_started") | ("not_started", "text") => stop_reason(text, named),
        ("headers", header) => of_header(header, text, named),
        ("told", "message") => quoted(text, named),
        ("culprit" | "also", "detail") => each_host(text, named),
        _ => {}
    }
}

/// All words of a text.
fn all(text: &str, prefix: &'static str, named: Named<'_>) {
    scan(text, &mut |_, token| {
        if let Token::Word(word) = token {
            named(word, prefix);
        }
    });
}

/// The labels of a host name; a country's two letters stay.
fn host(text: &str, named: Named<'_>) {
    let text = text.trim_end_matches('.');
    let known = match text.rsplit_once('.') {
        Some((before, last)) if last.len() == 2 && !words::is_everybodys(text) => before,
        Some(_) | None => text,
    };
    all(known, HOST, named);
}

/// What tells of a name in any text: an ARN, a URL, a mail address, an image of a registry that is known.
fn anywhere(text: &str, named: Named<'_>) {
    let mut behind = 0;
    for (at, _) in text.match_indices("arn:aws") {
        if at >= behind {
            let whole = leading(&text[at..], |c| c.is_ascii_alphanumeric() || "_./:+=,@*-#$".contains(c));
            behind = at + whole.len();
            arn(whole, named);
        }
    }
    for (at, mark) in text.match_indices("://") {
        let rest = &text[at + mark.len()..];
        let place = leading(rest, |c| c.is_ascii_alphanumeric() || ".-_@".contains(c));
        host(place, named);
        if words::is_everybodys(place) || place.contains(".dkr") {
            image(leading(rest, is_of_an_image), named);
        }
    }
    for (at, _) in text.match_indices('@') {
        let domain = leading(&text[at + 1..], |c| c.is_ascii_alphanumeric() || ".-".contains(c));
        if is_host(domain) {
            host(domain, named);
            let before = text[..at].rsplit(|c: char| !c.is_alphanumeric() && !"._+-".contains(c)).next();
            all(before.unwrap_or_default(), NAME, named);
        }
    }
    for word in text.split(|c: char| !is_of_an_image(c)).filter(|word| word.contains('/')) {
        let first = word.split('/').next().unwrap_or_default();
        if words::is_everybodys(first) || first.contains(".dkr.ecr.") || first.contains(".dkr-ecr.") {
            image(word, named);
        }
    }
}

fn is_of_an_image(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-/:@".contains(c)
}

/// The beginning of a text that has only such characters.
fn leading(text: &str, is_part: impl Fn(char) -> bool) -> &str {
    text.split(|c| !is_part(c)).next().unwrap_or_default().trim_end_matches(['.', ',', ':'])
}

/// The names behind the account; what kind of thing it is stands before them.
fn arn(text: &str, named: Named<'_>) {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [_, _, service, _, account, resource] = parts[..] else { return };
    // AWS's own policies, and the bucket of ECR's layers with what lies in it.
    if account == "aws" || resource.contains("-starport-layer-bucket") {
        return;
    }
    let kind = resource.find([':', '/']).filter(|_| service != "s3").map_or(0, |at| at + 1);
    all(&resource[kind..], NAME, named);
}

/// `HOST/REPOSITORY:TAG@DIGEST`
fn image(text: &str, named: Named<'_>) {
    match text.split_once('/') {
        Some((place, rest)) if place.contains(['.', ':']) || place == "localhost" => {
            host(place, named);
            all(rest, NAME, named);
        }
        Some(_) | None => all(text, NAME, named),
    }
}

/// The values of a certificate's name, but those of a public authority.
fn distinguished(text: &str, named: Named<'_>) {
    if words::is_public_authority(text) {
        return;
    }
    for part in text.split([',', '+']) {
        match part.split_once('=') {
            Some((key, _)) if key.trim() == "C" => {}
            Some((_, value)) if is_host(value.trim_start_matches("*.")) => host(value, named),
            Some((_, value)) => all(value, NAME, named),
            None => all(part, NAME, named),
        }
    }
}

fn of_header(header: &str, text: &str, named: Named<'_>) {
    match header {
        "content-type" | "date" | "docker-distribution-api-version" | "x-amz-bucket-region" | "retry-after" => {}
        "x-amzn-requestid" | "x-amz-request-id" | "x-amz-id-2" | "x-amz-cf-id" | "x-amzn-trace-id" | "x-request-id" => {
            all(text, ID, named);
        }
        "via" | "server" => all(text, NAME, &mut |word, prefix| {
            if !words::is_a_program(word) {
                named(word, prefix);
            }
        }),
        _ => each_host(text, named),
    }
}

/// What stands in quotation marks and is one word there.
fn quoted(text: &str, named: Named<'_>) {
    for mark in ['\'', '"', '`'] {
        for inside in text.split(mark).skip(1).step_by(2).filter(|inside| !inside.contains(' ')) {
            if !inside.starts_with("arn:") {
                all(inside, NAME, named);
            }
        }
    }
}

/// What ECS says of a task that did not start, and the programs beneath it: hosts and images behind a word that tells.
fn stop_reason(text: &str, named: Named<'_>) {
    const AROUND: &[char] = &['(', ')', '"', '\'', '`', '\\', ',', ':', ';', '.', '[', ']'];
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches(AROUND)).collect();
    for (tells, told) in words.iter().zip(words.iter().skip(1)) {
        match *tells {
            "lookup" => host(told, named),
            "pull" | "ref" | "reference" | "image" | "manifest" if told.contains(['/', '.', ':', '@']) => {
                image(told, named);
            }
            "dial" | "tcp" | "udp" | "host" | "for" | "not" | "from" | "to" => each_host(told, named),
            _ => {}
        }
    }
}

fn each_host(text: &str, named: Named<'_>) {
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c)) {
        let word = word.trim_matches('.');
        if is_host(word) {
            host(word, named);
        }
    }
}

/// Labels with a dot between, the last of them letters.
fn is_host(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    text.contains('.') && last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_their_place() {
        let table: &[(&str, &str, &str, &[&str])] = &[
            ("images", "repository", "team/shop.web", &["team", "shop", "web"]),
            ("task", "cluster", "prod", &["prod"]),
            ("vantage", "cluster", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod", &["prod"]),
            ("secrets", "id", "arn:aws:secretsmanager:eu-west-1:1:secret:app/db-AbCdEf", &["app", "db-AbCdEf"]),
            ("", "", "arn:aws:s3:::bucket.x/key", &["bucket", "x", "key"]),
            ("", "", "of arn:aws:iam::aws:policy/service-role/X.", &[]),
            (
                "",
                "",
                "arn:aws:sts::1:assumed-role/Role/me@acme.com",
                &["acme", "com", "me", "Role", "me", "acme", "com"],
            ),
            ("checks", "host", "db.corp.de", &["db", "corp"]),
            (
                "",
                "summary",
                "see https://wiki.acme.com/x, or ask ops@acme.com",
                &["wiki", "acme", "com", "acme", "com", "ops"],
            ),
            ("", "text", "docker.io/team/app:1: not found", &["team", "app", "1"]),
            ("chain", "issuer", "C=US, O=Acme, CN=Acme CA 7", &["Acme", "Acme", "CA", "7"]),
            ("chain", "issuer", "C=US, O=Amazon, CN=Amazon RSA 2048 M02", &[]),
            ("headers", "via", "1.1 gate1 (squid/5)", &["1", "1", "gate1", "5"]),
            ("headers", "content-type", "application/vnd.acme", &[]),
            (
                "headers",
                "www-authenticate",
                "Bearer realm=\"https://a.b.com/jwt\",service=\"r.b.com\"",
                &["a", "b", "com", "a", "b", "com", "r", "b", "com"],
            ),
            ("told", "message", "no 'shop/web' in \"that place\"", &["shop", "web"]),
            ("", "summary", "shop/web", &[]),
            ("targets", "name", ".vault.corp.example", &["vault", "corp", "example"]),
            ("inputs", "left_out", "*.ledger.example", &["ledger", "example"]),
            ("inputs", "expectations_file", "acme/prod.yaml", &["acme", "prod", "yaml"]),
            ("assertions", "issuers", "Lab m02", &["Lab", "m02"]),
            ("assertions", "issuers", "Amazon RSA 2048 M02", &[]),
            (
                "",
                "not_started",
                "dial tcp: lookup reg.acme.com on 10.0.0.2:53: no such host (pull reg.acme.com/team/img)",
                &["reg", "acme", "com", "reg", "acme", "com", "team", "img"],
            ),
            ("", "not_started", "pull image manifest has been retried: dial tcp vault.corp.eu:443", &["vault", "corp"]),
        ];
        for (above, key, text, expected) in table {
            let mut seen = Vec::new();
            names(Place { above, key }, text, &mut |word, _| seen.push(word.to_owned()));
            let mut expected: Vec<String> = expected.iter().map(|word| (*word).to_owned()).collect();
            seen.sort();
            expected.sort();
            assert_eq!(seen, expected, "{text}");
        }
    }
}
