use vpcprobe::inputs::Function;

use super::*;

fn output(sinks: &[&str]) -> Result<Output, InputError> {
    let event = serde_json::json!({ "sink": sinks }).to_string();
    Output::of_function(&read_event(event.as_bytes()).unwrap().2)
}

#[test]
fn the_run_ends_before_the_function_does() {
    let remote = ["stdout", "s3://bucket/key"];
    let table: [(&[&str], u64, u64); 6] = [
        (&[], 63_000, 62_000),
        (&["stdout"], 63_000, 62_000),
        (&remote, 63_000, 52_000),
        (&remote, 12_000, 9_000),
        (&[], 3_000, 2_250),
        (&[], 0, 0),
    ];
    for (sinks, left, expected) in table {
        let time = time_to_run(Some(Duration::from_millis(left)), &output(sinks).ok().unwrap());
        assert_eq!(time, Some(Duration::from_millis(expected)), "{sinks:?} in {left} ms");
    }
    assert_eq!(time_to_run(None, &output(&[]).ok().unwrap()), None);
}

#[test]
fn the_deadline_is_the_smaller_of_what_is_asked_and_what_is_left() {
    let table = [
        (None, None, 60_000, None),
        (None, Some(62_000), 60_000, None),
        (Some("90s"), Some(62_000), 62_000, Some(90_000)),
        (Some("5s"), Some(62_000), 5_000, None),
        (None, Some(0), 1, Some(60_000)),
    ];
    for (asked, time, expected, said) in table {
        let raw = RawInputs {
            region: Some("eu-west-1".to_owned()),
            deadline: asked.map(str::to_owned),
            ..RawInputs::default()
        };
        let vantage = Vantage { function: Some(Function::default()), ..Vantage::default() };
        let (inputs, vantage) = limited(&raw, vantage, time.map(Duration::from_millis)).ok().unwrap();
        let function = vantage.function.unwrap();
        assert_eq!((inputs.limits.deadline_ms, function.asked_deadline_ms), (expected, said), "{asked:?} in {time:?}");
    }
}

#[test]
fn a_copy_goes_where_it_outlives_the_function() {
    assert!(!output(&["stdout"]).ok().unwrap().is_remote());
    assert!(output(&["stdout", "cloudwatch:/g:s"]).ok().unwrap().is_remote());
    let said = output(&["s3://bucket/key", "file:/tmp/report"]).err().unwrap().0;
    assert!(said.starts_with("--sink file:/tmp/report: a function's files end with it"), "{said}");
}

#[test]
fn a_report_is_answered_whole_or_not_at_all() {
    let vantage = Vantage::default();
    let raw = RawInputs { region: Some("eu-west-1".to_owned()), ..RawInputs::default() };
    let (inputs, vantage) = limited(&raw, vantage, None).ok().unwrap();
    let plan = plan::plan(&inputs, &vantage).unwrap();
    let begun = (Instant::now(), SystemTime::now());
    let report = app::unable(commands::request_of(inputs, plan, vantage, begun));
    let (document, line) = (json::render(&report), json::compact(&report));
    assert!(line.len() < document.len());
    assert_eq!(fits(&report, document.len()), Ok(document.clone()));
    assert_eq!(fits(&report, document.len() - 1), Ok(line.clone()));
    assert_eq!(fits(&report, line.len() - 1), Err(line.len()));
    assert_eq!(serde_json::from_str::<Report>(&line).unwrap(), report);
}
