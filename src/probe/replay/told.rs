//! The words of an error answer: AWS's JSON and XML, a registry's JSON. Nothing of a good answer is read here.

use serde_json::Value;

use crate::aws::{Scrubber, element};
use crate::net::Reply;
use crate::observation::Told;

/// Characters of a code, and of a message, that are kept.
const KEPT_CODE: usize = 120;
const KEPT_MESSAGE: usize = 1_200;

/// What an error answer says, with every secret cut.
pub(super) fn read(reply: &Reply, body: &[u8], scrubber: &Scrubber) -> Option<Told> {
    let status = reply.response.status;
    if status < 400 {
        return None;
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(64 * 1024)]);
    let told = of_json(&text)
        .or_else(|| of_xml(&text))
        .unwrap_or_else(|| Told { code: String::new(), message: text.trim().to_owned() });
    let header = reply.header("x-amzn-errortype").map(|kind| bare_type(kind).to_owned());
    let code = if told.code.is_empty() { header.unwrap_or_default() } else { told.code };
    Some(Told { code: kept(scrubber, &code, KEPT_CODE), message: kept(scrubber, &told.message, KEPT_MESSAGE) })
}

fn kept(scrubber: &Scrubber, text: &str, most: usize) -> String {
    scrubber.scrub(text).chars().take(most).collect()
}

/// `com.amazonaws.ecr#AccessDeniedException:http://…` is `AccessDeniedException`.
fn bare_type(kind: &str) -> &str {
    let kind = kind.split(':').next().unwrap_or_default();
    kind.rsplit('#').next().unwrap_or_default().trim()
}

/// `{"__type": …, "message": …}`, or a registry's `{"errors": [{"code": …, "message": …}]}`.
fn of_json(text: &str) -> Option<Told> {
    let value: Value = serde_json::from_str(text).ok()?;
    let word = |value: &Value, keys: &[&str]| {
        keys.iter().find_map(|key| value.get(*key)?.as_str()).map(str::to_owned).unwrap_or_default()
    };
    let error = value.get("errors").and_then(|errors| errors.get(0)).unwrap_or(&value);
    let code = word(error, &["__type", "code", "Code"]);
    let message = word(error, &["message", "Message", "details", "error_description"]);
    if code.is_empty() && message.is_empty() {
        return None;
    }
    Some(Told { code: bare_type(&code).to_owned(), message })
}

/// `<Error><Code>…</Code><Message>…</Message>…`
fn of_xml(text: &str) -> Option<Told> {
    let code = element(text, "Code")?;
    Some(Told { code, message: element(text, "Message").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Response;

    fn told(status: u16, headers: &[(&str, &str)], body: &str) -> Option<(String, String)> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let reply = Reply::new(Response { status, ..Response::default() }, headers);
        let scrubber = Scrubber::default();
        scrubber.add("s3cr3t/token+");
        read(&reply, body.as_bytes(), &scrubber).map(|told| (told.code, told.message))
    }

    #[test]
    fn each_protocol_says_its_code_and_its_message() {
        type Row = (&'static [(&'static str, &'static str)], &'static str, &'static str, &'static str);
        let table: &[Row] = &[
            (&[], r#"{"__type":"AccessDeniedException","Message":"no"}"#, "AccessDeniedException", "no"),
            (&[], r#"{"__type":"com.amazonaws.ecr#ServerException","message":"no"}"#, "ServerException", "no"),
            (
                &[("x-amzn-errortype", "ExpiredTokenException:http://x/")],
                r#"{"message":"no"}"#,
                "ExpiredTokenException",
                "no",
            ),
            (&[], r#"{"errors":[{"code":"NAME_UNKNOWN","message":"no"}]}"#, "NAME_UNKNOWN", "no"),
            (&[], "<Error><Code>AccessDenied</Code><Message>a &lt;b&gt;</Message></Error>", "AccessDenied", "a <b>"),
            (&[], "Not Authorized\n", "", "Not Authorized"),
            (&[], "", "", ""),
            (&[], r#"{"__type":"X","message":"with s3cr3t/token+ in it"}"#, "X", "with [cut] in it"),
        ];
        for (headers, body, code, message) in table {
            assert_eq!(told(400, headers, body), Some(((*code).to_owned(), (*message).to_owned())), "{body}");
        }
        assert_eq!(told(200, &[], r#"{"SecretString":"x"}"#), None);
    }

    #[test]
    fn words_without_an_end_are_cut() {
        let (code, message) = told(500, &[], &"x".repeat(100_000)).unwrap();
        assert_eq!((code.len(), message.len()), (0, KEPT_MESSAGE));
    }
}
