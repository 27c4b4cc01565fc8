//! Commands with the ids that the view knows in the place of variables.

use crate::diagnosis::Fix;
use crate::vpc::Stand;

/// Fill in what every step may need: the VPC, the task's place in it.
pub fn fill(stand: &Stand<'_>, steps: &mut [Fix]) {
    let known = [
        ("$VPC", Some(stand.vpc().id())),
        ("$SUBNETS", Some(stand.subnet())),
        ("$RTB", stand.route_table()),
        ("$TSG", stand.security_group()),
    ];
    for command in steps.iter_mut().filter_map(|step| step.command.as_mut()) {
        for (variable, value) in known {
            if let Some(value) = value {
                *command = replaced(command, variable, value);
            }
        }
    }
}

/// The same for one.
pub fn in_vpc(stand: &Stand<'_>, mut step: Fix) -> Fix {
    fill(stand, std::slice::from_mut(&mut step));
    step
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
