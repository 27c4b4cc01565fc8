//! What people write for a sink.

use std::path::PathBuf;
use std::str::FromStr;

use super::Sink;

const EXPECTED: &str = "expected stdout, file:PATH, cloudwatch:GROUP[:STREAM] or s3://BUCKET/KEY";

impl FromStr for Sink {
    /// What was expected in the word's place.
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, &'static str> {
        match word.split_once(':') {
            None if word == "stdout" => Ok(Self::Stdout),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            Some(("cloudwatch", place)) if !place.is_empty() => cloudwatch(place),
            Some(("s3", place)) => s3(place.strip_prefix("//").ok_or(EXPECTED)?),
            Some(_) | None => Err(EXPECTED),
        }
    }
}

/// No group's name has a colon, so the first one ends it.
fn cloudwatch(place: &str) -> Result<Sink, &'static str> {
    if place.starts_with("arn:") {
        return Err("a log group is given by its name, not by its ARN");
    }
    let (group, stream) = match place.split_once(':') {
        Some((group, stream)) => (group, Some(stream)),
        None => (place, None),
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte);
    if group.is_empty() || group.len() > 512 || !group.bytes().all(fits) {
        return Err("a log group's name has 1 to 512 letters, digits and . - _ / #");
    }
    let fits = |c: char| !matches!(c, ':' | '*') && !c.is_control();
    if stream.is_some_and(|stream| stream.is_empty() || stream.chars().count() > 512 || !stream.chars().all(fits)) {
        return Err("a log stream's name has 1 to 512 characters, none of them : or *");
    }
    Ok(Sink::CloudWatch { group: group.to_owned(), stream: stream.map(str::to_owned) })
}

fn s3(place: &str) -> Result<Sink, &'static str> {
    let (bucket, key) = place.split_once('/').ok_or("an object has a key: s3://BUCKET/KEY")?;
    let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    let ends = is_end(bucket.bytes().next()) && is_end(bucket.bytes().last());
    if !(3..=63).contains(&bucket.len()) || !ends || !bucket.bytes().all(fits) || bucket.contains("..") {
        return Err("a bucket's name has 3 to 63 small letters, digits, . and -");
    }
    if key.is_empty() || key.ends_with('/') {
        return Err("the key names no object: s3://BUCKET/KEY");
    }
    if key.len() > 1_024 || key.chars().any(char::is_control) {
        return Err("a key has at most 1024 bytes, and no control characters");
    }
    Ok(Sink::S3 { bucket: bucket.to_owned(), key: key.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(group: &str, stream: Option<&str>) -> Sink {
        Sink::CloudWatch { group: group.to_owned(), stream: stream.map(str::to_owned) }
    }

    fn object(bucket: &str, key: &str) -> Sink {
        Sink::S3 { bucket: bucket.to_owned(), key: key.to_owned() }
    }

    #[test]
    fn a_sink_is_one_of_the_known_kinds_or_a_sentence() {
        let bad_bucket = Err("a bucket's name has 3 to 63 small letters, digits, . and -");
        let no_object = Err("the key names no object: s3://BUCKET/KEY");
        let bad_group = Err("a log group's name has 1 to 512 letters, digits and . - _ / #");
        let bad_stream = Err("a log stream's name has 1 to 512 characters, none of them : or *");
        let long = "g".repeat(513);
        let table = [
            ("stdout", Ok(Sink::Stdout)),
            ("file:/tmp/a:b.json", Ok(Sink::File(PathBuf::from("/tmp/a:b.json")))),
            ("cloudwatch:/ecs/app", Ok(group("/ecs/app", None))),
            ("cloudwatch:a#b_c.d-e:my stream/$x", Ok(group("a#b_c.d-e", Some("my stream/$x")))),
            ("s3://my-bucket/a/b c.json", Ok(object("my-bucket", "a/b c.json"))),
            ("s3://my.bucket/k", Ok(object("my.bucket", "k"))),
            ("s3://my-bucket//k", Ok(object("my-bucket", "/k"))),
            ("file:", Err(EXPECTED)),
            ("stderr", Err(EXPECTED)),
            ("cloudwatch:", Err(EXPECTED)),
            ("s3:bucket/key", Err(EXPECTED)),
            ("", Err(EXPECTED)),
            (
                "cloudwatch:arn:aws:logs:eu-west-1:123456789012:log-group:g",
                Err("a log group is given by its name, not by its ARN"),
            ),
            ("cloudwatch::s", bad_group.clone()),
            ("cloudwatch:a b", bad_group.clone()),
            ("cloudwatch:gröup", bad_group.clone()),
            (&format!("cloudwatch:{long}"), bad_group),
            ("cloudwatch:g:", bad_stream.clone()),
            ("cloudwatch:g:a:b", bad_stream.clone()),
            ("cloudwatch:g:*", bad_stream.clone()),
            (&format!("cloudwatch:g:{long}"), bad_stream),
            ("s3://bucket", Err("an object has a key: s3://BUCKET/KEY")),
            ("s3://bucket/", no_object.clone()),
            ("s3://bucket/folder/", no_object),
            ("s3://Bucket/k", bad_bucket.clone()),
            ("s3://ab/k", bad_bucket.clone()),
            ("s3://a..b/k", bad_bucket.clone()),
            ("s3://-ab/k", bad_bucket.clone()),
            ("s3:///k", bad_bucket.clone()),
            ("s3://user:pass@host/k", bad_bucket),
            ("s3://bucket/a\nb", Err("a key has at most 1024 bytes, and no control characters")),
        ];
        for (word, sink) in table {
            assert_eq!(word.parse::<Sink>(), sink, "{word}");
            if let Ok(sink) = sink {
                assert_eq!(sink.to_string(), word);
            }
        }
    }
}
