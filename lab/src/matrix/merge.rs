//! Fragments of scenarios made into one.

use toml::{Table, Value};

/// Lists to which each fragment adds; any other list is one value, as a set of rules is.
const ADDED_TO: [&str; 4] = ["vpc.private_dns_off", "config.missing", "run.args", "run.nameservers"];

/// Adds one fragment to another of equal rank: tables are merged, lists of tables and those of [`ADDED_TO`] appended.
/// Two different values for one key are a conflict, which is said by its key.
pub fn join(into: &mut Table, other: &Table) -> Result<(), String> {
    merge(into, other, "", &mut |key, _, _| Err(key.to_owned()))
}

/// Lays a fragment over the ground, whose values give way.
pub fn lay_over(ground: &mut Table, fragment: &Table) {
    let yielding = &mut |_: &str, own: &mut Value, new: &Value| {
        *own = new.clone();
        Ok(())
    };
    // Nothing here refuses, so there is no error to hand on.
    let _ = merge(ground, fragment, "", yielding);
}

type Settle<'a> = dyn FnMut(&str, &mut Value, &Value) -> Result<(), String> + 'a;

fn merge(into: &mut Table, other: &Table, path: &str, settle: &mut Settle) -> Result<(), String> {
    for (key, new) in other {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let Some(own) = into.get_mut(key) else {
            into.insert(key.clone(), new.clone());
            continue;
        };
        match (own, new) {
            (Value::Table(own), Value::Table(new)) => merge(own, new, &path, settle)?,
            (Value::Array(own), Value::Array(new)) if is_added_to(&path, own, new) => add(own, new),
            (own, new) if own == new => {}
            (own, new) => settle(&path, own, new)?,
        }
    }
    Ok(())
}

fn is_added_to(path: &str, own: &[Value], new: &[Value]) -> bool {
    let mut items = own.iter().chain(new);
    let tables = items.clone().next().is_some() && items.all(Value::is_table);
    tables || ADDED_TO.contains(&path)
}

/// The same resolver or endpoint in both fragments is one.
fn add(own: &mut Vec<Value>, new: &[Value]) {
    for item in new {
        if !own.contains(item) {
            own.push(item.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        text.parse().unwrap()
    }

    #[test]
    fn fragments_of_equal_rank_are_merged_or_conflict() {
        let rows: [(&str, &str, Result<&str, &str>); 9] = [
            ("a = 1", "b = 2", Ok("a = 1\nb = 2")),
            ("a = 1", "a = 1", Ok("a = 1")),
            ("a = 1", "a = 2", Err("a")),
            ("[vpc]\nnat = true", "[vpc]\nmtu = 1400", Ok("[vpc]\nnat = true\nmtu = 1400")),
            ("[run.env]\nA = '1'", "[run.env]\nA = '2'", Err("run.env.A")),
            ("[[fault]]\nwhat = 'drop'", "[[fault]]\nwhat = 'refuse'", Ok("fault = [{what='drop'}, {what='refuse'}]")),
            (
                "[vpc]\nprivate_dns_off = ['logs']",
                "[vpc]\nprivate_dns_off = ['ssm', 'logs']",
                Ok("[vpc]\nprivate_dns_off = ['logs', 'ssm']"),
            ),
            // A group's rules are one value: both of two narrow groups are not one wide group.
            ("[config]\ntask_egress = ['a']", "[config]\ntask_egress = ['b']", Err("config.task_egress")),
            ("[config]\nroutes_a = []", "[config]\nroutes_a = ['x']", Err("config.routes_a")),
        ];
        for (one, other, expected) in rows {
            let mut into = table(one);
            let joined = join(&mut into, &table(other)).map(|()| into);
            assert_eq!(joined, expected.map(table).map_err(str::to_owned), "{one} and {other}");
        }
    }

    #[test]
    fn the_ground_gives_way() {
        let mut ground = table("[run]\nargs = ['run']\n[run.env]\nA = '1'\nB = '2'");
        lay_over(&mut ground, &table("[run]\nargs = ['--slow']\n[run.env]\nA = '3'"));
        assert_eq!(ground, table("[run]\nargs = ['run', '--slow']\n[run.env]\nA = '3'\nB = '2'"));
    }
}
