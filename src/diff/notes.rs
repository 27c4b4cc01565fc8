//! What does not compare, what changed around the checks, and what else the reader must know.

use std::collections::HashMap;

use super::check::{detail, is_beyond_noise};
use super::side::{Document, Run};
use super::{Detail, NotCompared, Surrounding, What, words};
use crate::diagnosis::Pull;
use crate::inputs::{Inputs, Limits};
use crate::report::text::cells::time;
use crate::watch::rounds as made;

/// An estimate from a sample of the layers is rough: a change is one of more than half as much again, and of a second.
const ROUGH: (u64, u64, u64) = (3, 2, 1_000);

/// What of two runs can't be held against each other, and why.
pub(super) fn not_compared(before: &Run, after: &Run) -> Vec<NotCompared> {
    let mut all = Vec::new();
    let mut add = |what: &str, why: String| {
        all.push(NotCompared { runs: after.name.clone().into_iter().collect(), what: what.to_owned(), why });
    };
    let both = |old: &Option<String>, new: &Option<String>| match (old, new) {
        (Some(old), Some(new)) if old != new => Some(format!("{old} before, {new} after")),
        _ => None,
    };
    if let Some(regions) = both(&before.region, &after.region) {
        let why =
            format!("the runs are of different Regions ({regions}): checks are matched by service, and hosts differ");
        add("hosts and addresses", why);
    } else if let Some(subnets) = both(&before.subnet, &after.subnet) {
        let why = format!("the runs stood in different subnets ({subnets}): other addresses alone are no change");
        add("private addresses", why);
    }
    if let Some(accounts) = both(&before.account, &after.account) {
        let why = format!("the runs are of different accounts ({accounts}): their registries are different ones");
        add("hosts of the registry", why);
    }
    if before.viewed != after.viewed {
        let (one, other) = if after.viewed { ("after", "before") } else { ("before", "after") };
        let why = format!(
            "only the run {one} was judged by the operator's view of the VPC: what only the view tells may have been so \
             {other} as well"
        );
        add("what the operator's view tells", why);
    }
    all
}

/// What else must be known of two runs.
pub(super) fn notes(before: &Run, after: &Run) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(one), Some(other)) = (&before.run_id, &after.run_id)
        && one == other
    {
        notes.push(format!("BEFORE and AFTER are of the same run (id {one})"));
    }
    if let (Some(was), Some(is)) = (&before.started_at, &after.started_at)
        && was > is
    {
        notes.push(format!("AFTER began ({is}) before BEFORE did ({was}): they may be the wrong way round"));
    }
    if let (Some(was), Some(is)) = (before.platform, after.platform)
        && was != is
    {
        notes.push(format!("BEFORE is of {was}, AFTER of {is}"));
    }
    if let (Some(was), Some(is)) = (&before.inputs, &after.inputs) {
        let other = asked_otherwise(was, is);
        if !other.is_empty() {
            notes.push(format!("the runs were not asked the same: {} differ", other.join(", ")));
        }
    }
    for (side, run) in [("BEFORE", before), ("AFTER", after)] {
        if let Some([rounds, failed, inconclusive]) = run.watched {
            notes.push(format!(
                "{side} kept asking for {}, of which {failed} failed and {inconclusive} were inconclusive; \
                 one of them is compared",
                made(rounds)
            ));
        }
    }
    let named = |note: String| after.name.as_ref().map_or(note.clone(), |name| format!("{name}: {note}"));
    notes.into_iter().map(named).collect()
}

/// What was asked otherwise, in words; how patient a run was and where its roots came from is not.
fn asked_otherwise(was: &Inputs, is: &Inputs) -> Vec<&'static str> {
    let patience = |inputs: &Inputs| Limits { slow_ms: 0, max_pull_ms: None, ..inputs.limits.clone() };
    let limits = |inputs: &Inputs| (inputs.limits.slow_ms, inputs.limits.max_pull_ms);
    let references = |inputs: &Inputs| inputs.images.iter().map(|image| image.reference.clone()).collect::<Vec<_>>();
    let all = [
        ("profiles", was.profiles != is.profiles),
        ("services", was.services != is.services),
        ("images", references(was) != references(is)),
        ("endpoints", was.endpoints != is.endpoints),
        ("expected routes", was.expectations != is.expectations),
        ("secrets", was.secrets != is.secrets),
        ("environment files", was.environment_files != is.environment_files),
        ("log groups", was.log_groups != is.log_groups),
        ("volumes", was.volumes != is.volumes),
        ("--layers", was.layers != is.layers),
        ("--read-only", was.read_only != is.read_only),
        ("--no-control", was.controls != is.controls),
        ("--fips", was.fips != is.fips),
        ("--dual-stack", was.dual_stack != is.dual_stack),
        ("--vpc-cidr", was.vpc_cidrs != is.vpc_cidrs),
        ("--strict", was.strict != is.strict),
        ("--slow or --max-pull-time", limits(was) != limits(is)),
        ("timeouts", patience(was) != patience(is)),
    ];
    all.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}

/// What the rules and the forms of two versions do to a comparison.
pub(super) fn of_versions(before: &Document, after: &Document, this: &str) -> Option<String> {
    if before.written_by == after.written_by {
        return None;
    }
    let (was, is) = (&before.written_by, &after.written_by);
    let judged = if after.is_merged {
        "each was judged by the rules of its version, so a finding may differ by the rules: merge both again with one version"
            .to_owned()
    } else {
        format!(
            "both are judged by the rules of {this}, but for one that the operator's view judged, which is taken as it is"
        )
    };
    Some(format!("BEFORE was written by version {was}, AFTER by {is}: {judged}"))
}

/// Resolvers, role, images and pulls that changed; with each whether that is a regression.
pub(super) fn surroundings(before: &Run, after: &Run) -> Vec<(Surrounding, bool)> {
    let mut all = Vec::new();
    let mut add = |of: Option<&str>, detail: Detail, is_worse: bool| {
        let runs = after.name.clone().into_iter().collect();
        all.push((Surrounding { runs, of: of.map(str::to_owned), detail }, is_worse));
    };
    if before.resolvers != after.resolvers && !before.resolvers.is_empty() && !after.resolvers.is_empty() {
        let told = |run: &Run| words::list(&run.resolvers);
        add(
            None,
            detail(What::Resolvers, told(before), told(after), "the task asks other resolvers, or in another order"),
            false,
        );
    }
    if let (Some(was), Some(is)) = (&before.identity, &after.identity)
        && role(was) != role(is)
    {
        add(None, detail(What::Identity, was.as_str(), is.as_str(), "the run held another role's credentials"), false);
    }
    let known: HashMap<&str, &Pull> = before.pulls.iter().map(|pull| (pull.image.as_str(), pull)).collect();
    for pull in &after.pulls {
        // One image on each side is the same one by another tag, or its successor.
        let only = (before.pulls.len() == 1 && after.pulls.len() == 1).then(|| &before.pulls[0]);
        let Some(was) = known.get(pull.image.as_str()).copied().or(only) else { continue };
        if let (Some(old), Some(new)) = (&was.digest, &pull.digest)
            && old != new
        {
            let meaning = "it is another image, so what changed may be the image's";
            add(Some(&pull.image), detail(What::Digest, old.as_str(), new.as_str(), meaning), false);
        }
        if let Some((detail, is_worse)) = pull_time(was, pull, after) {
            add(Some(&pull.image), detail, is_worse);
        }
    }
    all
}

/// The account and the role's name: an assumed role is the role, and its session is another in each task.
fn role(arn: &str) -> (Option<&str>, &str) {
    let account = arn.split(':').nth(4);
    let name = match arn.split_once(":assumed-role/") {
        Some((_, role)) => role.split('/').next().unwrap_or(role),
        None => arn.rsplit('/').next().unwrap_or(arn),
    };
    (account, name)
}

fn pull_time(was: &Pull, is: &Pull, after: &Run) -> Option<(Detail, bool)> {
    let (old, new) = (was.estimated_pull_ms?, is.estimated_pull_ms?);
    let (times, of, least) = ROUGH;
    let (fast, slow) = (old.min(new), old.max(new));
    let limit = after.inputs.as_ref().and_then(|inputs| inputs.limits.max_pull_ms);
    let is_worse = limit.is_some_and(|limit| new > limit && old <= limit);
    let is_other = slow.saturating_mul(of) > fast.saturating_mul(times) && slow - fast > least;
    if !(is_other || is_worse || is_beyond_noise(old, new)) {
        return None;
    }
    let meaning = match (is_worse, new > old) {
        (true, _) => "a whole pull is estimated to take longer than --max-pull-time allows",
        (false, true) => "a whole pull is estimated to take longer",
        (false, false) => "a whole pull is estimated to be faster",
    };
    let told = detail(What::PullTime, time(old), time(new), meaning);
    Some((Detail { before_ms: Some(old), after_ms: Some(new), ..told }, is_worse))
}

#[cfg(test)]
mod tests {
    use super::role;

    #[test]
    fn an_assumed_role_is_the_role_whatever_its_session() {
        let table = [
            ("arn:aws:sts::1:assumed-role/exec/a", "arn:aws:sts::1:assumed-role/exec/b", true),
            ("arn:aws:sts::1:assumed-role/exec/a", "arn:aws:iam::1:role/exec", true),
            ("arn:aws:sts::1:assumed-role/exec/a", "arn:aws:iam::1:role/service-role/exec", true),
            ("arn:aws:sts::1:assumed-role/exec/a", "arn:aws:sts::2:assumed-role/exec/a", false),
            ("arn:aws:sts::1:assumed-role/exec/a", "arn:aws:sts::1:assumed-role/other/a", false),
        ];
        for (one, other, expected) in table {
            assert_eq!(role(one) == role(other), expected, "{one} and {other}");
        }
    }
}
