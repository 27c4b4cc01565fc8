//! From the parts of a run to its report.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use super::{NetworkView, Report, Run, SCHEMA_VERSION, Tool};
use crate::diagnosis::{self, Ended, Judgement, Pull};
use crate::inputs::{Inputs, Vantage};
use crate::observation::Observation;
use crate::plan::Plan;
use crate::vpc::Vpc;
use crate::watch::clock::rfc3339;

/// What a run knows of itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RunFacts {
    /// Random; names the run in logs and streams.
    pub id: String,
    /// By the local clock.
    pub started_at: SystemTime,
    /// The whole run.
    pub took: Duration,
    /// Its limit.
    pub deadline: Duration,
    /// How it ended.
    pub ended: Ended,
}

/// Put the parts of a run together. The sinks are filled in as copies are written.
pub fn build(
    run: RunFacts,
    vantage: Vantage,
    inputs: Inputs,
    plan: &Plan,
    judgement: Judgement,
    observations: Vec<Observation>,
) -> Report {
    let Judgement { findings, checks, summary, verdict, exit_code, headline } = judgement;
    let (pulls, identity_arn) = learned(plan, &observations);
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool::this(),
        run: Run::from(run),
        vantage: Vantage { identity_arn: identity_arn.or(vantage.identity_arn), ..vantage },
        inputs,
        verdict,
        exit_code,
        headline,
        findings,
        checks,
        observations,
        pulls,
        sinks: Vec::new(),
        network: None,
        summary,
        watch: None,
    }
}

impl Report {
    /// When all of it began and how long it took: all rounds, and not only the one that the rest is of.
    pub(super) fn whole(&self) -> (&str, u64) {
        match &self.watch {
            Some(watch) => (&watch.started_at, watch.took_ms),
            None => (&self.run.started_at, self.run.took_ms),
        }
    }

    /// The same run, judged anew by this build and by the operator's view that is given.
    pub fn with(self, plan: &Plan, judgement: Judgement, vpc: Option<&Vpc>) -> Self {
        let Judgement { findings, checks, summary, verdict, exit_code, headline } = judgement;
        let (pulls, identity_arn) = learned(plan, &self.observations);
        let vantage = Vantage { identity_arn: identity_arn.or(self.vantage.identity_arn), ..self.vantage };
        let sinks = Vec::new();
        Self {
            tool: Tool::this(),
            vantage,
            findings,
            checks,
            pulls,
            summary,
            verdict,
            exit_code,
            headline,
            sinks,
            network: vpc.map(NetworkView::from),
            ..self
        }
    }
}

/// What the replay learned beside faults. That our reckoning panics must not cost the report.
fn learned(plan: &Plan, observations: &[Observation]) -> (Vec<Pull>, Option<String>) {
    let learn = || (diagnosis::pulls(plan, observations), diagnosis::identity(observations));
    catch_unwind(AssertUnwindSafe(learn)).unwrap_or_default()
}

impl Tool {
    /// This build of it.
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("VPCPROBE_COMMIT").unwrap_or("unknown").to_owned(),
        }
    }
}

impl From<RunFacts> for Run {
    fn from(facts: RunFacts) -> Self {
        let RunFacts { id, started_at, took, deadline, ended } = facts;
        Self { id, started_at: rfc3339(started_at), took_ms: millis(took), deadline_ms: millis(deadline), ended }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
