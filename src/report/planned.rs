//! A plan as people and programs read it: what would be probed and asked, which VPC endpoints that needs and which it
//! does not, and why.

mod asks;
mod asserted;
mod endpoints;
mod limits;
mod text;

use serde::Serialize;

use crate::plan::{Check, Demands, Plan, Route, Rung};
use endpoints::PlannedEndpoint;
use limits::NotNeeded;

pub use text::render as text;

/// A plan in JSON.
#[derive(Debug, Serialize)]
struct Planned<'a> {
    region: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<PlannedTask<'a>>,
    checks: Vec<PlannedCheck<'a>>,
    steps: Vec<PlannedStep<'a>>,
    endpoints: Vec<PlannedEndpoint<'a>>,
    not_needed: Vec<NotNeeded>,
    not_shown: Vec<String>,
}

/// Whose start it is, where a task definition was given.
#[derive(Debug, Serialize)]
struct PlannedTask<'a> {
    name: &'a str,
    platform: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_role: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct PlannedCheck<'a> {
    id: &'a str,
    host: &'a str,
    port: u16,
    required: bool,
    top: Rung,
    why: &'a str,
    expected_route: Route,
    /// What is asserted beside the route.
    #[serde(skip_serializing_if = "Option::is_none")]
    asserted: Option<&'a Demands>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint_service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

/// What is asked over the sockets of a check.
#[derive(Debug, Serialize)]
struct PlannedStep<'a> {
    id: &'a str,
    over: &'a str,
    required: bool,
    asks: String,
    why: &'a str,
}

/// The plan as a JSON document.
pub fn json(plan: &Plan) -> String {
    let planned = Planned {
        region: plan.place.region.as_str(),
        task: task(plan),
        checks: ladders(plan).map(|each| check(plan, each)).collect(),
        steps: plan.checks.iter().filter_map(|check| step(plan, check)).collect(),
        endpoints: endpoints::of(plan),
        not_needed: limits::not_needed(plan),
        not_shown: limits::not_shown(plan),
    };
    crate::json::document(&planned)
}

/// The checks that have names and sockets of their own.
fn ladders(plan: &Plan) -> impl Iterator<Item = &Check> {
    plan.checks.iter().filter(|check| check.step.is_none())
}

fn task(plan: &Plan) -> Option<PlannedTask<'_>> {
    let task = plan.replay.task_definition.as_ref()?;
    let (platform, execution_role) = (plan.replay.platform.to_string(), task.execution_role.as_deref());
    Some(PlannedTask { name: &task.name, platform, execution_role })
}

fn check<'a>(plan: &'a Plan, check: &'a Check) -> PlannedCheck<'a> {
    PlannedCheck {
        id: &check.id.0,
        host: &check.host,
        port: check.port,
        required: check.required,
        top: check.top,
        why: &check.why,
        expected_route: check.expect,
        asserted: asserted::demands(plan, check),
        endpoint_service: check.endpoint_service.as_deref(),
        note: check.note.as_deref(),
    }
}

fn step<'a>(plan: &Plan, check: &'a Check) -> Option<PlannedStep<'a>> {
    let step = check.step.as_ref()?;
    Some(PlannedStep {
        id: &check.id.0,
        over: &step.over.0,
        required: check.required,
        asks: asks::of(&step.deed, &plan.replay),
        why: &check.why,
    })
}

#[cfg(test)]
mod tests;
