//! The plan as text.

use std::fmt::Write as _;

use super::{asks, asserted, endpoints, ladders, limits};
use crate::plan::{Check, Plan, Rung};

/// The plan as text.
pub fn render(plan: &Plan) -> String {
    let mut text = head(plan);
    for check in ladders(plan) {
        ladder(&mut text, plan, check);
    }
    needed(&mut text, plan);
    let not_needed = limits::not_needed(plan);
    if !not_needed.is_empty() {
        line(&mut text, "\nVPC endpoints that it does not need (each costs for every zone and hour):\n");
    }
    for endpoint in not_needed {
        line(&mut text, &format!("{}: {}", endpoint.service, endpoint.why));
    }
    let not_shown = limits::not_shown(plan);
    if !not_shown.is_empty() {
        line(&mut text, "\nWhat can't be seen from here:\n");
    }
    for sentence in not_shown {
        line(&mut text, &format!("- {sentence}"));
    }
    text
}

fn head(plan: &Plan) -> String {
    let (region, names) = (&plan.place.region, ladders(plan).count());
    let steps = plan.checks.len() - names;
    let asked = if steps == 0 { String::new() } else { format!(", and {steps} steps of the task start replayed") };
    let mut text = format!("Region {region}: {names} names would be probed{asked}.\n");
    if let Some(task) = &plan.replay.task_definition {
        line(&mut text, &format!("Task definition {}, for {}.", task.name, plan.replay.platform));
    }
    text.push('\n');
    text
}

fn ladder(text: &mut String, plan: &Plan, check: &Check) {
    let need = if check.required { "required" } else { "not required" };
    line(text, &format!("{}:{}  ({need}, up to {})", check.host, check.port, rung(check.top)));
    line(text, &format!("    {}", check.why));
    if let Some(asserted) = asserted::of(plan, check) {
        line(text, &format!("    asserted: {asserted}"));
    }
    if let Some(note) = &check.note {
        line(text, &format!("    note: {note}"));
    }
    for step in plan.checks.iter().filter_map(|check| check.step.as_ref()).filter(|step| step.over == check.id) {
        line(text, &format!("    and asked for: {}", asks::of(&step.deed, &plan.replay)));
    }
}

fn needed(text: &mut String, plan: &Plan) {
    line(text, "\nVPC endpoints that a subnet without another way out needs for it:\n");
    let endpoints = endpoints::of(plan);
    if endpoints.is_empty() {
        line(text, "none: a VPC endpoint carries nothing of it");
    }
    for endpoint in endpoints {
        line(text, &format!("{} ({}): {}", endpoint.service, endpoint.kind, endpoint.why));
        for line_below in endpoint.command.iter().chain(&endpoint.note) {
            line(text, &format!("    {line_below}"));
        }
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string does not fail");
}

fn rung(rung: Rung) -> &'static str {
    match rung {
        Rung::Resolve => "its name",
        Rung::Connect => "a connection",
        Rung::Handshake => "a TLS handshake",
        Rung::Exchange => "an unsigned request",
    }
}
