//! Causes: what can be wrong in a VPC, one small file each, to be put together in pairs.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::merge;
use super::truth::{Suspect, Truth};

/// The file that every cause is laid over: a start that needs something of each service.
const GROUND: &str = "base";

/// The endpoints of the ground, of which a cause may lack some.
const ENDPOINTS: &str = "endpoints";

/// One cause.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Its file's name.
    pub name: String,
    /// What is wrong, in one line.
    pub title: String,
    /// What it is for the matrix.
    about: About,
    /// What it adds to the ground.
    fragment: Table,
}

/// What a cause is for the matrix: its table `[cause]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// The findings that name it from inside: any of them does.
    named: Vec<String>,
    /// Those that name it with the operator's view, where they differ.
    named_with_view: Option<Vec<String>>,
    /// Checks of which such a finding is about at least one: an id, or its part before the colon.
    #[serde(default)]
    checks: Vec<String>,
    /// Whom the operator's view must show.
    culprit: Option<Suspect>,
    /// Findings that may stand beside, as they are as true.
    #[serde(default)]
    beside: Vec<String>,
    /// The services that it strikes; `*` for all.
    at: BTreeSet<String>,
    /// The rung on which it strikes.
    rung: Rung,
    /// The services at which it shows, where these are not those that it strikes: it does where any lets it.
    #[serde(default)]
    shows: BTreeSet<String>,
    /// What must work for it to show, beside the lower rungs of the services that it strikes.
    #[serde(default)]
    needs: BTreeSet<String>,
    /// Whether nothing gets past it: not so for what only costs time or one of two addresses.
    #[serde(default = "yes")]
    breaks: bool,
    /// Causes with which it makes no sense, for a reason that nothing else here tells.
    #[serde(default)]
    never_with: Vec<String>,
    /// Endpoints that the VPC does not have.
    #[serde(default)]
    lacks: BTreeSet<String>,
}

/// How far a request gets.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "kebab-case")]
enum Rung {
    /// The name has no address, or another's.
    Name,
    /// No connection.
    Connection,
    /// No handshake.
    Handshake,
    /// No answer of the service to an unsigned request.
    Answer,
    /// The service refuses what the task asks for.
    Call,
}

/// What two causes are to each other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pairing {
    /// Both can be seen.
    Both,
    /// The first can be seen, the second not before the first is mended.
    Hides,
    /// The second can be seen, the first not before the second is mended.
    HiddenBy,
    /// Not a sensible pair, and why.
    Senseless(String),
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct File {
    title: String,
    cause: About,
    #[serde(flatten)]
    fragment: Table,
}

/// The ground and every cause of a folder, by name.
pub fn all(folder: &Path) -> Result<(Table, Vec<Cause>), String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("read {}: {e}", folder.display()))?;
    let mut files: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let (mut ground, mut causes) = (None, Vec::new());
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).map_err(|e| format!("read {}: {e}", file.display()))?;
        let wrong = |e: toml::de::Error| format!("{}: {e}", file.display());
        if name == GROUND {
            ground = Some(toml::from_str(&text).map_err(wrong)?);
            continue;
        }
        causes.push(Cause::read(name, &text).map_err(wrong)?);
    }
    let ground = ground.ok_or_else(|| format!("{} has no {GROUND}.toml", folder.display()))?;
    Ok((ground, causes))
}

impl Cause {
    fn read(name: String, text: &str) -> Result<Self, toml::de::Error> {
        let File { title, cause: about, fragment } = toml::from_str(text)?;
        Ok(Self { name, title, about, fragment })
    }

    /// What the report should say of it from inside.
    pub fn truth(&self) -> Truth {
        Truth {
            name: self.name.clone(),
            ids: self.about.named.clone(),
            checks: self.about.checks.clone(),
            culprit: None,
            beside: self.about.beside.clone(),
        }
    }

    /// What it should say with the operator's view.
    pub fn truth_with_view(&self) -> Truth {
        let ids = self.about.named_with_view.clone().unwrap_or_else(|| self.about.named.clone());
        Truth { ids, culprit: self.about.culprit.clone(), ..self.truth() }
    }

    /// What it and another one are to each other.
    pub fn with(&self, other: &Self) -> Pairing {
        let unfit = |one: &Self, two: &Self| one.about.never_with.contains(&two.name);
        if unfit(self, other) || unfit(other, self) {
            return Pairing::Senseless("one says that it is never with the other".to_owned());
        }
        if self.about.breaks && other.about.breaks && self.about.rung == other.about.rung && self.meets(other) {
            return Pairing::Senseless("both strike the same rung of the same service".to_owned());
        }
        if let Err(key) = merge::join(&mut self.fragment.clone(), &other.fragment) {
            return Pairing::Senseless(format!("both set {key}"));
        }
        match (self.hides(other), other.hides(self)) {
            (false, false) => Pairing::Both,
            (true, false) => Pairing::Hides,
            (false, true) => Pairing::HiddenBy,
            (true, true) => Pairing::Senseless("each hides the other".to_owned()),
        }
    }

    /// Whether the other one can't show before this one is mended.
    fn hides(&self, other: &Self) -> bool {
        let shown = if other.about.shows.is_empty() { &other.about.at } else { &other.about.shows };
        let below = self.about.rung < other.about.rung && shown.iter().all(|place| self.strikes(place));
        self.about.breaks && (below || other.about.needs.iter().any(|place| self.strikes(place)))
    }

    fn meets(&self, other: &Self) -> bool {
        other.strikes("*") || other.about.at.iter().any(|place| self.strikes(place))
    }

    fn strikes(&self, place: &str) -> bool {
        self.about.at.contains("*") || self.about.at.contains(place)
    }
}

/// The scenario in which these causes hold together.
pub fn scenario(name: &str, ground: &Table, causes: &[&Cause]) -> Result<String, String> {
    let mut together = Table::new();
    for cause in causes {
        merge::join(&mut together, &cause.fragment).map_err(|key| format!("{name}: both set {key}"))?;
    }
    let mut whole = ground.clone();
    merge::lay_over(&mut whole, &together);
    let lacks: BTreeSet<&str> = causes.iter().flat_map(|cause| &cause.about.lacks).map(String::as_str).collect();
    remove_endpoints(&mut whole, &lacks)?;
    if !causes.is_empty() {
        let titles: Vec<&str> = causes.iter().map(|cause| cause.title.as_str()).collect();
        whole.insert("title".to_owned(), Value::String(titles.join("; and: ")));
    }
    // What is right stands with the causes; the lab wants a code all the same.
    whole.insert("expect".to_owned(), Value::Table(Table::from_iter([("exit".to_owned(), Value::Integer(0))])));
    toml::to_string(&whole).map_err(|e| format!("{name}: {e}"))
}

fn remove_endpoints(scenario: &mut Table, lacks: &BTreeSet<&str>) -> Result<(), String> {
    let vpc = scenario.get_mut("vpc").and_then(Value::as_table_mut);
    let list = vpc.and_then(|vpc| vpc.get_mut(ENDPOINTS)).and_then(Value::as_array_mut);
    let list = list.ok_or_else(|| format!("{GROUND}.toml does not say the VPC's {ENDPOINTS}"))?;
    let is = |item: &Value, name: &str| item.as_str() == Some(name);
    if let Some(name) = lacks.iter().find(|name| !list.iter().any(|item| is(item, name))) {
        return Err(format!("{GROUND}.toml has no endpoint `{name}` that a cause could lack"));
    }
    list.retain(|item| !lacks.iter().any(|name| is(item, name)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(name: &str, about: &str, fragment: &str) -> Cause {
        let text = format!("title = 'x'\n{fragment}\n[cause]\nnamed = ['x']\n{about}");
        Cause::read(name.to_owned(), &text).unwrap()
    }

    #[test]
    fn a_pair_is_of_two_that_can_be_seen_or_of_one_that_hides_the_other() {
        let group = cause("group", "at = ['logs']\nrung = 'connection'", "config = { groups = { logs = [] } }");
        let all = cause("all", "at = ['logs', 'ssm']\nrung = 'connection'", "");
        let name = cause("name", "at = ['logs']\nrung = 'name'", "");
        let ssm = cause("ssm", "at = ['ssm']\nrung = 'call'", "");
        let stream = cause("stream", "at = ['logs']\nrung = 'call'", "");
        let pull = cause("pull", "at = ['s3']\nrung = 'call'\nneeds = ['logs']", "");
        let keys = cause("keys", "at = ['credentials']\nshows = ['logs', 'ssm']\nrung = 'call'", "");
        let slow = cause("slow", "at = ['logs']\nrung = 'connection'\nbreaks = false", "");
        let never = cause("never", "at = ['kms']\nrung = 'name'\nnever_with = ['pull']", "");
        let same = "both strike the same rung of the same service";
        let rows = [
            (&group, &ssm, Pairing::Both),
            (&group, &stream, Pairing::Hides),
            (&stream, &group, Pairing::HiddenBy),
            (&group, &pull, Pairing::Hides),
            (&name, &all, Pairing::Both),
            (&group, &keys, Pairing::Both),
            (&all, &keys, Pairing::Hides),
            (&all, &ssm, Pairing::Hides),
            (&group, &all, Pairing::Senseless(same.to_owned())),
            (&group, &slow, Pairing::Both),
            (&slow, &stream, Pairing::Both),
            (&pull, &never, Pairing::Senseless("one says that it is never with the other".to_owned())),
        ];
        for (one, other, expected) in rows {
            assert_eq!(one.with(other), expected, "{} and {}", one.name, other.name);
        }
    }

    #[test]
    fn what_can_not_be_put_together_is_no_pair() {
        let one = cause("one", "at = ['a']\nrung = 'call'", "[run.env]\nA = '1'");
        let other = cause("other", "at = ['b']\nrung = 'call'", "[run.env]\nA = '2'");
        assert_eq!(one.with(&other), Pairing::Senseless("both set run.env.A".to_owned()));
    }

    #[test]
    fn a_scenario_has_what_all_its_causes_say() {
        let ground = "[vpc]\nendpoints = ['logs', 'ssm', 'kms']".parse().unwrap();
        let one = cause("one", "at = ['logs']\nrung = 'name'\nlacks = ['logs']", "");
        let other = cause("other", "at = ['ssm']\nrung = 'connection'", "[[fault]]\nwhat = 'drop'");
        let text = scenario("both", &ground, &[&one, &other]).unwrap();
        let whole: Table = text.parse().unwrap();
        assert_eq!(whole["vpc"]["endpoints"], Value::from(vec!["ssm", "kms"]));
        assert_eq!(whole["fault"][0]["what"], Value::from("drop"));
        assert_eq!(whole["title"], Value::from("x; and: x"));
        let missing = cause("missing", "at = ['s3']\nrung = 'name'\nlacks = ['s3']", "");
        assert!(scenario("s3", &ground, &[&missing]).unwrap_err().contains("`s3`"));
    }
}
