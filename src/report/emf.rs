//! One line in CloudWatch's Embedded Metric Format: figures that CloudWatch takes out of a log event.
//!
//! A dimension's value is a member of the line's root, so one line has one value of each: "a service" can't be a
//! dimension of several. It is in the metrics' names instead, and the one dimension says where the probe stood. That is
//! also what costs least: every name under every set of dimensions is paid for as a metric of its own.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::examined::{Examined, examined, slug};
use super::jsonl::{LINE_BYTES, joined};
use super::prometheus::{ended, millis};
use super::text::wrap::squeeze;
use super::{Report, json};
use crate::diagnosis::{CheckStatus, Verdict};

/// What the metrics are under in CloudWatch.
const NAMESPACE: &str = "vpcprobe";

/// The only dimension.
const DIMENSION: &str = "place";

/// How many metrics one directive may name.
const DIRECTIVE: usize = 100;

/// The most columns of the headline, and the most letters of a service's name and of a place.
const HEADLINE: usize = 500;
const NAME: usize = 200;

/// The figures of one service: of all its hosts and of every step that asks it.
#[derive(Default)]
struct Service {
    name: String,
    required: bool,
    took_ms: Option<u64>,
    passed: usize,
    failed: usize,
    /// Checks that this process could not look at, and required ones that were not looked at for whatever reason.
    unseen: usize,
}

/// Render it. Services that do not go into a line that no log driver breaks are counted; required ones go first.
pub fn render(report: &Report) -> String {
    let services = services(&examined(report));
    let mut taken = services.len();
    loop {
        let line = json::line(&document(report, services.get(..taken).unwrap_or(&services), services.len()));
        if line.len() < LINE_BYTES || taken == 0 {
            return line + "\n";
        }
        taken = (taken * LINE_BYTES / line.len()).min(taken - 1);
    }
}

fn services(examined: &[Examined<'_>]) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for one in examined {
        let name = name(one.check.service.as_deref().unwrap_or(&one.check.host));
        let index = *known.entry(name.clone()).or_insert_with(|| {
            services.push(Service { name, ..Service::default() });
            services.len() - 1
        });
        if let Some(service) = services.get_mut(index) {
            service.add(one);
        }
    }
    crate::order::by_key(&mut services, |service| !service.required);
    services
}

impl Service {
    fn add(&mut self, one: &Examined<'_>) {
        self.required |= one.check.required;
        self.took_ms = self.took_ms.max(one.took_ms());
        match one.check.status {
            CheckStatus::Pass | CheckStatus::Warn => self.passed += 1,
            CheckStatus::Fail => self.failed += 1,
            CheckStatus::NotRun => self.unseen += usize::from(one.check.required || one.why_not().1),
        }
    }

    /// None where nobody can say: not looked at is not the same as broken.
    fn success(&self) -> Option<u64> {
        match self {
            Self { failed: 1.., .. } => Some(0),
            Self { unseen: 0, passed: 1.., .. } => Some(1),
            Self { .. } => None,
        }
    }
}

/// A name that needs no quoting in a query.
fn name(of: &str) -> String {
    of.chars().take(NAME).map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

fn document(report: &Report, services: &[Service], all: usize) -> Value {
    let mut members = members(report);
    let mut metrics = Vec::new();
    let mut add = |name: String, unit: Option<&str>, value: Option<u64>| {
        let Some(value) = value else { return };
        metrics.push(unit.map_or_else(|| json!({ "Name": name }), |unit| json!({ "Name": name, "Unit": unit })));
        members.insert(name, value.into());
    };
    let passes = (report.verdict != Verdict::Inconclusive).then_some(u64::from(report.verdict == Verdict::Pass));
    let count = |count: usize| u64::try_from(count).ok();
    add("success".to_owned(), None, passes);
    add("duration_ms".to_owned(), Some("Milliseconds"), Some(report.whole().1));
    add("checks_failed".to_owned(), Some("Count"), count(report.summary.failed));
    add("checks_not_run".to_owned(), Some("Count"), count(report.summary.not_run));
    for service in services {
        add(format!("{}_success", service.name), None, service.success());
        add(format!("{}_duration_ms", service.name), Some("Milliseconds"), service.took_ms);
    }
    let directive =
        |metrics: &[Value]| json!({ "Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": metrics });
    let directives: Vec<_> = metrics.chunks(DIRECTIVE).map(directive).collect();
    // CloudWatch has rounds of hours at their end: who waits for the figure looks at the last minutes.
    let at = if report.watch.is_some() { ended(report) } else { millis(&report.run.started_at) }.unwrap_or_default();
    members.insert("services_left_out".to_owned(), all.saturating_sub(services.len()).into());
    members.insert("_aws".to_owned(), json!({ "Timestamp": at, "CloudWatchMetrics": directives }));
    Value::Object(members)
}

/// What is no metric: where, and what a person looks for behind an alarm.
fn members(report: &Report) -> Map<String, Value> {
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    add(DIMENSION, place(report).into());
    add("run_id", squeeze(&report.run.id, NAME).into());
    add("region", report.inputs.region.as_str().into());
    add("verdict", slug(&report.verdict).into());
    add("exit_code", report.exit_code.into());
    add("headline", squeeze(&report.headline, HEADLINE).into());
    add("findings", joined(&report.findings).into());
    if let Some(watch) = &report.watch {
        add("rounds", watch.rounds.into());
        add("rounds_failed", watch.failed.into());
    }
    members
}

/// The subnet; the function, or the platform, where that is not known. Never a task's id: each would be a metric anew.
fn place(report: &Report) -> String {
    let vantage = &report.vantage;
    let function = || vantage.function.as_ref().map(|function| function.name.clone());
    let subnet = vantage.subnet_cidr.map(|net| net.to_string());
    let place =
        subnet.or_else(function).filter(|place| !place.trim().is_empty()).unwrap_or_else(|| slug(&vantage.kind));
    place.chars().take(NAME).map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect()
}
