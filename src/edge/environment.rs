//! The environment: the process's in life, a map in tests.

/// Where variables are read from. An empty variable counts as unset: task definitions can't unset one.
pub trait Environment {
    /// A variable's value, unless it is unset or empty.
    fn get(&self, name: &str) -> Option<String>;
}

/// The environment of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

/// Variables made for a test.
#[cfg(test)]
pub(crate) struct Map(std::collections::BTreeMap<String, String>);

#[cfg(test)]
impl Map {
    pub(crate) fn new(variables: &[(&str, &str)]) -> Self {
        Self(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }
}

#[cfg(test)]
impl Environment for Map {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }
}
