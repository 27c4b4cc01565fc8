//! How the probe is started.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

/// How the probe is started.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Run {
    /// Whose environment the process gets.
    pub vantage: Vantage,
    /// The command line after the binary.
    pub args: Vec<String>,
    /// Variables beside those of the vantage.
    pub env: BTreeMap<String, String>,
    /// Variables of the vantage that are taken away.
    pub unset: Vec<String>,
    /// Name servers in resolv.conf; the VPC resolver by default.
    pub nameservers: Option<Vec<IpAddr>>,
    /// `missing`, `unreadable`, or the file's whole text.
    pub resolv_conf: Option<String>,
    /// Files for the task: they appear in `/run/task/`.
    pub files: BTreeMap<String, String>,
    /// A task definition in `/run/task/`, handed over by `--task-definition`.
    pub task_definition: Option<TaskDefinition>,
    /// A file in `/run/task/` with a line `NAME:PORT` for each host of the world.
    pub host_list: Option<String>,
    /// A signal, sent when the lab has seen something.
    pub signal: Option<SignalPlan>,
    /// The limit on open files.
    pub max_files: Option<u64>,
    /// The event of a Lambda function, whose process it then is.
    pub event: Option<serde_json::Value>,
    /// How long the function may take.
    pub function_seconds: u64,
}

impl Run {
    /// Makes a run that of a function with this event and nothing else.
    pub fn invoke(&mut self, event: serde_json::Value, seconds: Option<u64>) {
        self.event = Some(event);
        self.vantage = Vantage::Lambda;
        self.task_definition = None;
        self.function_seconds = seconds.unwrap_or(self.function_seconds);
    }

    /// The task definition that is handed over, if any is.
    pub fn definition(&self) -> Option<&TaskDefinition> {
        self.task_definition.as_ref().filter(|given| !matches!(given, TaskDefinition::Usual(false)))
    }
}

impl Default for Run {
    fn default() -> Self {
        Self {
            vantage: Vantage::Fargate,
            args: vec!["run".to_owned()],
            env: BTreeMap::new(),
            unset: Vec::new(),
            nameservers: None,
            resolv_conf: None,
            files: BTreeMap::new(),
            task_definition: None,
            host_list: None,
            signal: None,
            max_files: None,
            event: None,
            function_seconds: 120,
        }
    }
}

/// A task definition for the probe.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum TaskDefinition {
    /// The lab's own, with one of everything that AWS holds.
    Usual(bool),
    /// The file's text, whatever it is.
    Text(String),
    /// A table that becomes JSON.
    Document(serde_json::Value),
}

/// Where the probe believes to stand.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Vantage {
    /// A Fargate task: metadata and the variables that Fargate sets.
    Fargate,
    /// A task on a container instance in the `awsvpc` network mode.
    EcsEc2,
    /// A Lambda function on a custom runtime.
    Lambda,
    /// A plain process: no variables but `PATH`.
    Other,
}

/// A signal and the moment for it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalPlan {
    /// Which one.
    pub send: SignalName,
    /// After what.
    pub after: Moment,
    /// After how many of them.
    #[serde(default = "one")]
    pub count: u64,
    /// So long after that.
    #[serde(default)]
    pub after_ms: u64,
}

/// The signals that a platform sends.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub enum SignalName {
    /// SIGTERM, as ECS stops a task.
    #[serde(rename = "TERM")]
    Term,
    /// SIGINT, as a person does.
    #[serde(rename = "INT")]
    Int,
}

/// Something that the lab sees on the wire.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// The process exists.
    Start,
    /// A DNS query left the task.
    DnsQuery,
    /// A TCP SYN left the task, answered or not.
    Syn,
    /// A TLS ClientHello arrived at a server.
    TlsHello,
    /// A request arrived over TLS.
    HttpRequest,
}

fn one() -> u64 {
    1
}
