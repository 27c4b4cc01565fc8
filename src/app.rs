//! One run from plan to report. Prints nothing, reads no environment, exits nowhere.

mod watch;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::aws::Source;
use crate::diagnosis::{Ended, Judgement, diagnose};
use crate::inputs::{Inputs, Unread, UnreadKind, Vantage};
use crate::net::Net;
use crate::observation::{Observation, Why};
use crate::plan::Plan;
use crate::probe::{Kit, Probed, Progress, Stopper, not_probed, probe};
use crate::report::{Report, RunFacts, build};
use crate::vpc::{Place, Stand, Vpc};
use crate::watch::Watch;

pub use self::watch::watch;

/// Everything a run needs beside the network.
#[derive(Clone)]
pub struct Request {
    /// What it was asked.
    pub inputs: Inputs,
    /// Where it stands.
    pub vantage: Vantage,
    /// What is to be done.
    pub plan: Plan,
    /// Names the run.
    pub id: String,
    /// By the local clock.
    pub started_at: SystemTime,
    /// How much of the deadline was used up before the run.
    pub spent: Duration,
    /// How many sockets may be open at once.
    pub sockets: usize,
    /// Where credentials come from.
    pub source: Option<Arc<Source>>,
    /// Counts finished checks for whoever watches.
    pub progress: Progress,
}

/// Probe, judge, assemble. Ends before the deadline, or soon after the signal.
pub async fn run<N: Net>(request: Request, net: N, signal: impl Future<Output = ()> + Send + 'static) -> Report {
    let begun = tokio::time::Instant::now();
    let kit = Kit { source: request.source.clone(), run_id: request.id.clone(), ..Kit::default() };
    let time = probing_time(&request.plan, request.spent);
    let probed = probe_within(&request.plan, &request, net, kit, time, signal).await;
    let facts = RunFacts {
        id: request.id,
        started_at: request.started_at,
        took: request.spent + begun.elapsed(),
        deadline: request.plan.limits.deadline(),
        ended: ended(probed.cut_short),
    };
    let judgement = judge(&request.plan, &probed.observations, facts.ended, None);
    let vantage = seen_from(request.vantage, probed.role_arn, probed.no_credentials);
    build(facts, vantage, request.inputs, &request.plan, judgement, probed.observations)
}

/// Probe what is planned, for so long at most.
async fn probe_within<N: Net>(
    plan: &Plan,
    request: &Request,
    net: N,
    kit: Kit,
    time: Duration,
    signal: impl Future<Output = ()> + Send + 'static,
) -> Probed {
    let (stopper, stop) = Stopper::new();
    let watch = tokio::spawn(stopper.watch(time, signal));
    let probed = probe(plan, net, stop, request.sockets, &request.progress, kit).await;
    watch.abort();
    probed
}

/// The vantage, with what the replay learned of credentials.
fn seen_from(vantage: Vantage, role_arn: Option<String>, no_credentials: Option<String>) -> Vantage {
    let mut vantage = Vantage { identity_arn: role_arn, ..vantage };
    vantage.unread.extend(no_credentials.map(|why| Unread { what: UnreadKind::Credentials, why }));
    vantage
}

/// The report of a run that could not open even its first socket.
pub fn unable(request: Request) -> Report {
    let observations = not_probed(&request.plan);
    let facts = RunFacts {
        id: request.id,
        started_at: request.started_at,
        took: request.spent,
        deadline: request.plan.limits.deadline(),
        ended: Ended::Completed,
    };
    let judgement = judge(&request.plan, &observations, facts.ended, None);
    build(facts, request.vantage, request.inputs, &request.plan, judgement, observations)
}

/// Judge a saved report again, by these rules and by the plan that its inputs make.
///
/// With an operator's view of the VPC, by that as well; a sentence where it is of another VPC.
pub fn judge_again(report: Report, plan: &Plan, vpc: Option<&Vpc>) -> Result<Report, String> {
    let stand = vpc.map(|vpc| vpc.stand(&place(&report, plan))).transpose()?;
    let judgement = judge_watched(plan, &report.observations, report.run.ended, stand.as_ref(), report.watch.as_ref());
    Ok(report.with(plan, judgement, vpc))
}

/// Where the run stood, as far as its report knows it.
fn place<'p>(report: &'p Report, plan: &'p Plan) -> Place<'p> {
    let vantage = &report.vantage;
    // arn:PARTITION:ecs:REGION:ACCOUNT:task/…
    let account = vantage.task_arn.as_deref().and_then(|arn| arn.split(':').nth(4));
    Place {
        addresses: &plan.place.addresses,
        subnets: &plan.place.subnets,
        account,
        region: plan.place.own_region.as_deref(),
        zone: vantage.availability_zone.as_deref(),
    }
}

fn ended(cut_short: Option<Why>) -> Ended {
    match cut_short {
        None => Ended::Completed,
        Some(Why::Signal) => Ended::Signal,
        Some(_) => Ended::Deadline,
    }
}

fn judge(plan: &Plan, observations: &[Observation], ended: Ended, stand: Option<&Stand<'_>>) -> Judgement {
    judge_watched(plan, observations, ended, stand, None)
}

/// A rule that panics must not cost the observations: the report says that the fault is ours.
///
/// Of many rounds one is judged, and what the others showed is added.
fn judge_watched(
    plan: &Plan,
    observations: &[Observation],
    ended: Ended,
    stand: Option<&Stand<'_>>,
    watch: Option<&Watch>,
) -> Judgement {
    catch_unwind(AssertUnwindSafe(|| {
        let mut judgement = diagnose(plan, observations, ended, stand);
        if let Some(watch) = watch {
            crate::watch::judge(watch, plan, &mut judgement);
        }
        judgement
    }))
    .unwrap_or_else(|_| Judgement::our_fault(plan))
}

/// The deadline less what was spent and what judging and writing may take.
fn probing_time(plan: &Plan, spent: Duration) -> Duration {
    let deadline = plan.limits.deadline();
    let reserve = (deadline / 10).min(Duration::from_millis(500));
    deadline.saturating_sub(reserve).saturating_sub(spent)
}
