//! Commands with the ids that the view knows in the place of variables.

use crate::diagnosis::case::Case;
use crate::diagnosis::{Finding, Fix};
use crate::vpc::{Known, Stand};

/// A finding's last state: every id that the view knows in its commands, and each step once.
pub fn finish(case: &Case<'_>, stand: &Stand<'_>, finding: &mut Finding) {
    let hit = case.views.iter().filter(|view| finding.checks.contains(&view.check.id));
    let mut services: Vec<&str> = hit.filter_map(|view| view.check.endpoint_service.as_deref()).collect();
    services.dedup();
    let known = if services.is_empty() { Known::default() } else { stand.known(&services) };
    for command in finding.fix.iter_mut().filter_map(|step| step.command.as_mut()) {
        *command = filled(stand, &known, command);
    }
    if let Some(told) = finding.tell_apart.as_mut() {
        *told = replaced(&filled(stand, &known, told), "$SUBNET", stand.subnet());
    }
    let steps = std::mem::take(&mut finding.fix);
    for step in steps {
        let is_same = |known: &Fix| *known == step || (step.command.is_some() && known.command == step.command);
        if !finding.fix.iter().any(is_same) {
            finding.fix.push(step);
        }
    }
}

/// A new endpoint is made like those that are there, else in the task's subnet.
fn filled(stand: &Stand<'_>, known: &Known, text: &str) -> String {
    let sisters = stand.known(&[]);
    let subnets = match sisters.subnets.join(" ") {
        subnets if subnets.is_empty() => stand.subnet().to_owned(),
        subnets => subnets,
    };
    let is_new = text.contains("create-vpc-endpoint");
    let values = [
        ("$VPC", Some(stand.vpc().id())),
        ("$SUBNETS", Some(subnets.as_str())),
        ("$RTB", stand.route_table()),
        ("$TSG", stand.security_group()),
        ("$VPCE", known.id.as_deref()),
        ("$EPSG", if is_new { sisters.group.as_deref() } else { known.group.as_deref() }),
    ];
    let values = values.into_iter().filter_map(|(variable, value)| Some((variable, value?)));
    values.fold(text.to_owned(), |text, (variable, value)| replaced(&text, variable, value))
}

/// A step with what the view knows of the VPC in it.
pub fn in_vpc(stand: &Stand<'_>, step: Fix) -> Fix {
    let command = step.command.map(|command| filled(stand, &Known::default(), &command));
    Fix { command, ..step }
}

/// A shell variable's value in its place; a longer name that begins with it is another variable.
fn replaced(command: &str, variable: &str, value: &str) -> String {
    let mut out = String::new();
    let mut rest = command;
    while let Some((before, after)) = rest.split_once(variable) {
        let is_longer = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        out.push_str(before);
        out.push_str(if is_longer { variable } else { value });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn only_the_whole_variable_is_replaced() {
        let table = [
            ("--vpc-id $VPC --x", "--vpc-id vpc-1 --x"),
            ("--id $VPCE", "--id $VPCE"),
            ("Values=$VPC", "Values=vpc-1"),
            ("$VPC,$VPCE,$VPC_ID", "vpc-1,$VPCE,$VPC_ID"),
        ];
        for (command, expected) in table {
            assert_eq!(replaced(command, "$VPC", "vpc-1"), expected);
        }
    }
}
