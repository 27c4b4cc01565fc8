use std::path::Path;

use serde_json::json;

use super::*;

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn indented_as_the_library_does_it() {
    let values = [
        json!(null),
        json!("a"),
        json!(-1.5e300),
        json!([]),
        json!({}),
        json!([[], {}, [[]], [{}], {"a": []}, {"b": {}}]),
        json!({"a": 1, "b": [1, "two", null, true], "c": {"d": {"e": []}}}),
        json!([r#"{"not": ["looked", at]}"#, "\"", "\\", "\\\"", "a\\\\\"b", "\n\t\u{0}", "", "ü \u{1f600}"]),
        json!({"": "", "\"": "\\", "{": "}", "[,:]": "]"}),
    ];
    for value in values {
        assert_eq!(indented(&value.to_string()), pretty(&value));
    }
}

#[test]
fn every_case_is_indented_as_the_library_does_it() {
    let mut count = 0;
    for file in Path::new("tests/cases").read_dir().unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            assert_eq!(indented(&value.to_string()), pretty(&value), "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 10, "the cases were not found");
}

#[test]
fn what_is_cut_is_no_panic() {
    let whole = json!({"a": ["b\\\"", {"c": []}]}).to_string();
    for end in 0..whole.len() {
        assert!(indented(&whole[..end]).len() >= end);
    }
}

#[test]
fn the_reason_is_said_without_the_place() {
    let error = serde_json::from_str::<u8>("  300").unwrap_err();
    assert_eq!(why(&error), "invalid value: integer `300`, expected u8");
    assert_eq!(read::<u8>(b"\xff"), None);
    assert_eq!(read::<u8>(b"7"), Some(7));
}
