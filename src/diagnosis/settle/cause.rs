//! What stands in one way, each piece of configuration once with everything that is wrong with it.

use super::clause;
use super::{Culprit, CulpritKind, FindingId};
use crate::vpc::{Block, Remedy};

/// How many faults of one thing are named before the rest is counted.
const NAMED: usize = 3;

/// What stands in the way, in the order in which a packet meets it: the first is the culprit.
pub struct Causes(Vec<Cause>);

/// One piece of configuration.
struct Cause {
    kind: CulpritKind,
    id: String,
    details: Vec<String>,
    remedy: Vec<Remedy>,
    /// The hosts that it stands in the way to.
    hosts: Vec<String>,
}

/// What has a finding of its own: what it is, and which finding.
pub type Own = ((CulpritKind, String), FindingId);

/// Something that stands in the same way behind the culprit.
pub struct Next {
    /// What.
    pub culprit: Culprit,
    /// The hosts that it is about, where it is not about all of them.
    pub only: Vec<String>,
    /// The finding that tells how to mend it.
    pub told_by: Option<FindingId>,
}

/// The causes for a finding.
pub struct Told {
    /// What is to blame.
    pub culprit: Option<Culprit>,
    /// What else stands in the way.
    pub also: Vec<Next>,
    /// The steps that mend them, in that order.
    pub remedy: Vec<Remedy>,
}

impl Causes {
    /// Those of one address, name or call.
    pub fn of(blocks: Vec<Block>, host: &str) -> Self {
        let mut causes = Self(Vec::new());
        for Block { culprit: Culprit { kind, id, detail }, remedy } in blocks {
            let hosts = vec![host.to_owned()];
            causes.add(Cause { kind, id, details: vec![detail], remedy, hosts });
        }
        causes
    }

    /// What the culprit is.
    pub fn key(&self) -> Option<(CulpritKind, String)> {
        self.0.first().map(|cause| (cause.kind, cause.id.clone()))
    }

    /// Take up those of another address.
    pub fn join(&mut self, others: Self) {
        for cause in others.0 {
            self.add(cause);
        }
    }

    fn add(&mut self, cause: Cause) {
        match self.0.iter_mut().find(|known| known.kind == cause.kind && known.id == cause.id) {
            Some(known) => {
                once(&mut known.details, cause.details);
                once(&mut known.hosts, cause.hosts);
                put(&mut known.remedy, cause.remedy);
            }
            None => self.0.push(cause),
        }
    }

    /// Culprit and steps; those of what has a finding of its own are left to that.
    pub fn told(self, own: &[Own]) -> Told {
        let mut told = Told { culprit: None, also: Vec::new(), remedy: Vec::new() };
        let mut all = Vec::new();
        for Cause { kind, id, details, remedy, hosts } in self.0 {
            let culprit = Culprit { kind, id, detail: in_short(&details) };
            if told.culprit.is_none() {
                told.culprit = Some(culprit);
                all = hosts;
                put(&mut told.remedy, remedy);
                continue;
            }
            let is_it = |((kind, id), _): &&Own| *kind == culprit.kind && *id == culprit.id;
            let told_by = own.iter().find(is_it).map(|(_, finding)| *finding);
            if told_by.is_none() {
                put(&mut told.remedy, remedy);
            }
            let is_partial = all.iter().any(|host| !hosts.contains(host));
            told.also.push(Next { culprit, only: if is_partial { hosts } else { Vec::new() }, told_by });
        }
        told.remedy = alternatives(told.remedy);
        told
    }
}

/// Endpoints in the place of a way out that is broken: the one or the others are enough.
fn alternatives(mut steps: Vec<Remedy>) -> Vec<Remedy> {
    let is_endpoint = |step: &Remedy| {
        let makes =
            |command: &String| command.contains(" create-vpc-endpoint ") || command.contains(" --add-route-table-ids ");
        step.command.as_ref().is_some_and(makes)
    };
    let is_way = |step: &Remedy| {
        let is_it = |command: &String| command.contains(" --nat-gateway-id ") || command.contains(" --gateway-id ");
        step.command.as_ref().is_some_and(is_it) || step.action.contains("assignPublicIp")
    };
    if !steps.iter().any(is_way) {
        return steps;
    }
    let mut word = "or, in place of that way,";
    for step in steps.iter_mut().skip_while(|step| !is_way(step)).filter(|step| is_endpoint(step)) {
        step.action = format!("{word} {}", step.action);
        word = "and";
    }
    steps
}

fn once(known: &mut Vec<String>, more: Vec<String>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

/// Each step once: what the same command does is the same step. What is new comes before the step that follows it in its
/// own list: a file is not put in place before all is in it.
fn put(steps: &mut Vec<Remedy>, more: Vec<Remedy>) {
    let is_same = |known: &Remedy, step: &Remedy| match (&known.command, &step.command) {
        (Some(known), Some(step)) => known == step,
        _ => known == step,
    };
    let mut at = steps.len();
    for step in more.into_iter().rev() {
        match steps.iter().position(|known| is_same(known, &step)) {
            Some(known) => at = known,
            None => steps.insert(at, step),
        }
    }
}

fn in_short(details: &[String]) -> String {
    let mut words = clause::joined(details);
    if let Some(more @ 1..) = words.len().checked_sub(NAMED) {
        words.truncate(NAMED);
        words.push(format!("and {more} more of that kind"));
    }
    words.join("; ")
}
