//! `unproved`: what this run leaves unproved: steps that were not to be taken or could not be signed, look-ups that were
//! denied, what the log driver would have to create, and what is asserted that nothing could be held against.

use crate::diagnosis::case::View;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, creates_group};
use crate::diagnosis::reading::{self, Missing, Reading};
use crate::diagnosis::{Case, Finding, FindingId, Fix, Severity, asserted, aws, who, words};
use crate::observation::{Observation, Outcome, Part, Why};
use crate::plan::LayerMode;

/// A step, what of it was left, and the observation that says so.
type Left<'c> = (&'c View<'c>, &'static str, &'c Observation);

/// One finding for the steps, and one for what is asserted.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    of_the_replay(case).into_iter().chain(of_expectations(case, ledger)).chain(left_out(case)).collect()
}

/// A warning: what is asserted must not pass because nobody looked.
fn of_expectations<'c>(case: &'c Case<'c>, ledger: &Ledger<'c>) -> Option<Finding> {
    let unproved = asserted::unproved(case, ledger);
    let idle = &case.plan.asserted.idle;
    let mut said = Vec::new();
    if !unproved.is_empty() {
        said.push(format!("{} could not be checked", words::list(unproved.iter().map(|(_, what)| what))));
    }
    if !idle.is_empty() {
        said.push(format!("no host of this run fits {}", words::list(idle)));
    }
    let mut draft = Draft::new(FindingId::Unproved, case, &[]);
    for (view, _) in &unproved {
        draft = draft.about(view, []);
    }
    let draft = draft
        .severity(Severity::Warning)
        .summary(format!("Of what is asserted, {}.", said.join("; ")))
        .meaning("These expectations have neither held nor failed.")
        .fix(aws::step(
            "see that the names are written right, and give the run what it needs to see them (an --image, an --endpoint), \
             or leave them out",
        ));
    (!said.is_empty()).then(|| draft.finding())
}

/// Patterns of a list, which nothing can be connected to by.
fn left_out(case: &Case<'_>) -> Option<Finding> {
    let left_out = &case.plan.asserted.left_out;
    let draft = Draft::new(FindingId::Unproved, case, &[])
        .severity(Severity::Info)
        .summary(format!(
            "{} of the list of endpoints {} left out: {}.",
            words::plural(left_out.len(), "pattern"),
            if left_out.len() == 1 { "is" } else { "are" },
            words::list(left_out)
        ))
        .meaning("A pattern stands for hosts that the list does not name, so nothing can be connected to.")
        .fix(aws::step("name with --endpoint the hosts behind it that the application really uses"));
    (!left_out.is_empty()).then(|| draft.finding())
}

fn of_the_replay<'c>(case: &'c Case<'c>) -> Vec<Finding> {
    let unsigned = left(case, Why::NoCredentials);
    let unasked = left(case, Why::NotAsked);
    let looked_up = read(case, |part, reading| reading::is_look_up(part) && *reading == Reading::Good);
    let denied = read(case, |part, reading| reading::is_look_up(part) && matches!(reading, Reading::Denied(_)));
    let to_create: Vec<_> = read(case, |_, reading| *reading == Reading::NotFound(Missing::LogGroup))
        .into_iter()
        .filter(|(view, ..)| creates_group(view))
        .collect();
    let asked = |left: &[Left<'_>]| words::list(left.iter().map(|(_, what, _)| *what));
    let mut said = Vec::new();
    if !unsigned.is_empty() {
        said.push(format!("without credentials {} could not be asked", asked(&unsigned)));
    }
    if !unasked.is_empty() {
        let why = if case.plan.replay.layers == LayerMode::None && !case.plan.replay.read_only {
            "--layers none"
        } else {
            "--read-only"
        };
        said.push(format!("{} was not asked ({why})", asked(&unasked)));
    }
    if !looked_up.is_empty() {
        said.push(format!("{} shows that it is there, and not that it may be used", asked(&looked_up)));
    }
    if !denied.is_empty() {
        said.push(format!(
            "{} is denied to this role, a look-up that the platform itself does not make",
            asked(&denied)
        ));
    }
    if !to_create.is_empty() {
        said.push(
            "the log group does not exist yet, and the driver is told to create it (awslogs-create-group)".to_owned(),
        );
    }
    if said.is_empty() {
        return Vec::new();
    }
    let mut draft = Draft::new(FindingId::Unproved, case, &[]);
    for (view, _, seen) in [&unsigned, &unasked, &looked_up, &denied, &to_create].into_iter().flatten() {
        draft = draft.about(view, [*seen]);
    }
    let needs_role = !unsigned.is_empty() || !denied.is_empty();
    vec![
        draft
            .severity(Severity::Info)
            .summary(format!("{}.", words::capital(&said.join("; "))))
            .meaning("What this run did not try may still stop the task start.")
            .fixes(
                (!unasked.is_empty() || !looked_up.is_empty())
                    .then(|| aws::step("run without --read-only, and with --layers sample or full")),
            )
            .fixes((!to_create.is_empty()).then(|| create_group(case)))
            .fixes(
                who::run_as_execution_role(case, who::standing(case, case.identity.as_deref())).filter(|_| needs_role),
            )
            .finding(),
    ]
}

/// What was left for this reason, a line a step.
pub(super) fn left<'c>(case: &'c Case<'c>, wanted: Why) -> Vec<Left<'c>> {
    of_steps(case, |_, seen| match seen.outcome {
        Outcome::NotTried { why } => why == wanted,
        Outcome::Saw { .. } | Outcome::Failed { .. } => false,
    })
}

/// What was answered in such a way, a line a step.
fn read<'c>(case: &'c Case<'c>, wanted: impl Fn(Part, &Reading<'_>) -> bool) -> Vec<Left<'c>> {
    of_steps(case, |view, seen| {
        let part = seen.step.as_ref().map(|step| step.part);
        part.zip(reading::read(view.check, seen)).is_some_and(|(part, reading)| wanted(part, &reading))
    })
}

fn of_steps<'c>(case: &'c Case<'c>, wanted: impl Fn(&View<'c>, &'c Observation) -> bool) -> Vec<Left<'c>> {
    let first = |view: &'c View<'c>| {
        let seen = view.attempts.iter().map(|attempt| attempt.last).find(|seen| wanted(view, seen))?;
        Some((view, reading::asked(seen.step.as_ref()?.part), seen))
    };
    case.steps().filter_map(first).collect()
}

fn create_group(case: &Case<'_>) -> Fix {
    let role = who::role_to_mend(case, None);
    aws::command(
        "see that the execution role has logs:CreateLogGroup, which the managed policy lacks",
        aws::home(case.plan),
        format!("iam list-role-policies --role-name {role}"),
    )
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn what_is_left_unproved_is_said_and_fails_nothing() {
        let table = [
            (
                "looked up instead of fetched",
                "replay read-only\nsecretsmanager dns=10.0.1.4\nsecret:app/db describe-secret=listed get-secret-value=not-asked",
                "secretsmanager:GetSecretValue was not asked (--read-only); secretsmanager:DescribeSecret shows that it is there",
            ),
            (
                "the look-up is denied",
                "replay read-only\nsecretsmanager dns=10.0.1.4\nsecret:app/db describe-secret=by-identity",
                "secretsmanager:DescribeSecret is denied to this role",
            ),
            (
                "no layers",
                "replay layers=none\necr.dkr dns=10.0.1.7\nlayers layer-blob=not-asked",
                "a layer was not asked (--layers none)",
            ),
            (
                "a group to be created",
                "logs dns=10.0.1.6\nlog-stream:/a create create-log-stream=400/ResourceNotFoundException/x",
                "awslogs-create-group",
            ),
        ];
        for (about, scene, words) in table {
            let judged = judge(scene);
            assert_eq!(judged.exit_code, 0, "{about}");
            let [found] = judged.findings.as_slice() else { panic!("{about}: {:#?}", judged.findings) };
            assert_eq!(found.id.to_string(), "unproved", "{about}");
            assert!(found.summary.to_lowercase().contains(&words.to_lowercase()), "{about}: {}", found.summary);
        }
        assert_scenes(&[("nothing left", "secretsmanager dns=10.0.1.4\nsecret:app/db get-secret-value=secret", "")]);
    }
}
