//! A world that becomes another while the probe runs.

use serde::Deserialize;
use toml::{Table, Value};

use super::fault::is_pattern;
use super::{Config, Fault, Vpc};

/// One change; it waits for the one before it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// After a question; by default after the change before it, or the process's start.
    pub after: Option<Question>,
    /// So long after that.
    #[serde(default)]
    pub after_ms: u64,
    /// What differs from the scenario's own `[vpc]`.
    #[serde(default)]
    vpc: Table,
    /// What differs from its `[config]`.
    config: Option<Table>,
    /// What is broken then, in place of its faults.
    fault: Option<Vec<Table>>,
    /// The three as they are then.
    #[serde(skip)]
    pub to: Ground,
}

/// A question that has been asked so often.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The name, or `*.name`.
    #[serde(rename = "question")]
    pub name: String,
    /// How often, of one resolver and for one type: as often as there were rounds.
    #[serde(default = "one")]
    pub count: usize,
}

/// What of a scenario can change.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Ground {
    /// The world before anything is broken.
    #[serde(default)]
    pub vpc: Vpc,
    /// The VPC's configuration, where it is told.
    pub config: Option<Config>,
    /// What is broken.
    #[serde(default, rename = "fault")]
    pub faults: Vec<Fault>,
}

impl Change {
    /// Lays what differs over the scenario's own tables, as they stand in its file.
    pub fn lay_over(&mut self, file: &Table) -> Result<(), String> {
        let mut ground = file.clone();
        ground.retain(|key, _| ["vpc", "config", "fault"].contains(&key));
        merge(&mut ground, "vpc", &self.vpc);
        if let Some(config) = &self.config {
            merge(&mut ground, "config", config);
        }
        if let Some(faults) = &self.fault {
            ground.insert("fault".to_owned(), faults.iter().cloned().map(Value::Table).collect::<Vec<_>>().into());
        }
        self.to = ground.try_into().map_err(|e: toml::de::Error| e.message().to_owned())?;
        Ok(())
    }

    /// Refuses what can't change while a process runs.
    pub fn verify(&self, before: &Vpc) -> Result<(), String> {
        if let Some(Question { name, .. }) = self.after.as_ref().filter(|asked| !is_pattern(&asked.name)) {
            return Err(format!("`{name}` has a `*` elsewhere than in `*.` at its front"));
        }
        let after = &self.to.vpc;
        let fixed = [
            ("region", before.region == after.region),
            ("account", before.account == after.account),
            ("cidr", before.cidr == after.cidr),
            ("subnet", before.subnet == after.subnet),
            ("other_subnet", before.other_subnet == after.other_subnet),
            ("task_ip", before.task_ip == after.task_ip),
            ("mtu", before.mtu == after.mtu),
            ("ipv6", before.ipv6 == after.ipv6),
            ("ipv6_cidr", before.ipv6_cidr == after.ipv6_cidr),
            ("delay_ms", before.delay_ms == after.delay_ms),
        ];
        match fixed.iter().find(|(_, same)| !same) {
            Some((key, _)) => Err(format!("`{key}` of [vpc] can't change while a process runs")),
            None => Ok(()),
        }
    }
}

/// Tables are merged, any other value gives way.
fn merge(into: &mut Table, key: &str, new: &Table) {
    let own = into.entry(key).or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(own) = own else {
        return;
    };
    for (key, value) in new {
        match value {
            Value::Table(table) => merge(own, key, table),
            other => drop(own.insert(key.clone(), other.clone())),
        }
    }
}

fn one() -> usize {
    1
}

#[cfg(test)]
mod tests {
    use super::super::Scenario;

    fn read(changes: &str) -> Result<Scenario, String> {
        let own = "title = \"t\"\n[vpc]\nnat = true\nendpoints = [\"logs\"]\n[[fault]]\nwhat = \"drop\"\n";
        Scenario::parse(&format!("{own}{changes}\n[expect]\nexit = 0\n"))
    }

    #[test]
    fn each_change_is_laid_over_the_beginning() {
        let text = "[[change]]\n[change.vpc]\nendpoints = []\n[[change]]\nfault = []\n[[change]]\n[change.config]\n";
        let changes = read(text).unwrap().changes;
        let seen: Vec<_> = changes
            .iter()
            .map(|change| {
                let to = &change.to;
                (to.vpc.nat, to.vpc.endpoints.len(), to.faults.len(), to.config.is_some())
            })
            .collect();
        assert_eq!(seen, [(true, 0, 1, false), (true, 1, 0, false), (true, 1, 1, true)]);
    }

    #[test]
    fn what_would_silently_stay_is_refused() {
        let table = [
            ("[[change]]\n[change.vpc]\nmtu = 1400", "change 1: `mtu` of [vpc] can't change"),
            ("[[change]]\n[[change]]\n[change.vpc]\nnet = true", "change 2: unknown field `net`"),
            ("[[change]]\n[change.run]\nargs = []", "unknown field `run`"),
            ("[[change]]\nfault = [{ what = \"dorp\" }]", "change 1: unknown variant `dorp`"),
            ("[[change]]\nafter = { question = \"a.*\" }", "change 1: `a.*` has a `*` elsewhere"),
        ];
        for (text, expected) in table {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
