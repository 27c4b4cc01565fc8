//! AWS's XML answers, as far as they are read: elements that stand once and hold no other.

/// The text of the first element of this name.
pub fn element(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    // The ampersand last: what it makes is no entity again.
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    Some(plain.iter().fold(inner.to_owned(), |text, (entity, letter)| text.replace(entity, letter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_read_as_it_was_meant() {
        let table = [
            ("<Error><Code>AccessDenied</Code></Error>", Some("AccessDenied")),
            ("<Code>a &lt;b&gt; &amp;lt;</Code><Code>second</Code>", Some("a <b> &lt;")),
            ("<Code></Code>", Some("")),
            ("<Code>without an end", None),
            ("<Other>x</Other>", None),
            ("", None),
        ];
        for (document, expected) in table {
            assert_eq!(element(document, "Code").as_deref(), expected, "{document}");
        }
    }
}
