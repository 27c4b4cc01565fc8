//! A page taken apart: its tags and attributes, as strictly as no browser does it.

/// A tag with its attributes.
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub closes: bool,
    pub is_empty: bool,
}

/// All tags of a page. Whatever is no tag as this code writes them stops the test.
pub fn tags(page: &str) -> Vec<Tag> {
    let page = page.strip_prefix("<!doctype html>\n").expect("a page begins with its kind");
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>') || tags.last().is_some_and(is_style), "a loose >: {}", &rest[..at]);
        let (tag, after) = tag(&rest[at + 1..]);
        tags.push(tag);
        rest = after;
    }
    assert!(!rest.contains('>'), "{rest}");
    tags
}

fn is_style(tag: &Tag) -> bool {
    tag.name == "style" && !tag.closes
}

fn tag(text: &str) -> (Tag, &str) {
    let closes = text.starts_with('/');
    let text = text.trim_start_matches('/');
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).expect("a name ends");
    let (name, mut rest) = text.split_at(end);
    assert!(!name.is_empty(), "a loose <: {}", &text[..text.len().min(60)]);
    let mut attributes = Vec::new();
    while let Some(attribute) = rest.strip_prefix(' ') {
        let (key, value) = attribute.split_once("=\"").expect("an attribute has a value in quotes");
        assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{key}");
        let (value, after) = value.split_once('"').expect("the quotes end");
        assert!(!value.contains('<') && !value.contains('>'), "{value}");
        attributes.push((key.to_owned(), value.to_owned()));
        rest = after;
    }
    let is_empty = name == "meta" || rest.starts_with('/');
    let rest = rest.trim_start_matches('/').strip_prefix('>').expect("a tag ends behind its attributes");
    (Tag { name: name.to_owned(), attributes, closes, is_empty }, rest)
}

/// Every element is closed, in the order in which they were opened.
pub fn assert_balanced(tags: &[Tag]) {
    let mut open: Vec<&str> = Vec::new();
    for tag in tags.iter().filter(|tag| !tag.is_empty) {
        if tag.closes {
            assert_eq!(open.pop(), Some(tag.name.as_str()), "within {open:?}");
        } else {
            open.push(&tag.name);
        }
    }
    assert_eq!(open, Vec::<&str>::new(), "left open");
}

/// What a person reads: no tags, no style, entities as characters, one space between words.
pub fn words(page: &str) -> String {
    let body = page.split_once("</style>").map_or(page, |(_, body)| body);
    let pieces: Vec<_> = body.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect();
    let text = pieces.join(" ");
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"), (" \\\n", " ")];
    let text = entities.iter().fold(text, |text, (entity, character)| text.replace(entity, character));
    squeezed(&text)
}

/// One space between words.
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
