//! The command line, each flag also an environment variable `VPCPROBE_<NAME>`.

use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// Stands in a private subnet, in the place of a task that would not start, and says what is broken and how to mend it.
#[derive(Clone, Debug, Parser)]
#[command(name = "vpcprobe", version, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Probe, diagnose, report (the container's default command)
    Run {
        #[command(flatten)]
        /// What is examined, and how.
        inputs: InputArgs,
        #[command(flatten)]
        /// Whether it keeps asking, and for how long.
        rounds: RoundArgs,
        #[command(flatten)]
        /// Where the report goes.
        output: OutputArgs,
    },
    /// Show what would be probed, which VPC endpoints that needs, and why; no network
    Plan {
        #[command(flatten)]
        /// What would be examined, and how.
        inputs: InputArgs,
        /// text or json; text on a terminal, json elsewhere
        #[arg(long, env = "VPCPROBE_FORMAT", value_name = "FORMAT")]
        format: Option<String>,
    },
    /// Judge a saved report again
    Diagnose {
        /// A report in json or jsonl; `-` reads standard input
        report: String,
        /// Let warnings fail
        #[arg(long, env = "VPCPROBE_STRICT", value_parser = flag, action = ArgAction::SetTrue)]
        strict: bool,
        /// The operator's view of the VPC, as scripts/network collects it; `-` reads standard input
        #[arg(long, value_name = "FILE")]
        network: Option<String>,
        #[command(flatten)]
        /// Where the report goes.
        output: OutputArgs,
    },
    /// Show a saved report in another form, as it was judged
    Render {
        /// A report in json or jsonl; `-` reads standard input
        report: String,
        #[command(flatten)]
        /// Where the report goes.
        output: OutputArgs,
    },
    /// What changed between two runs, and whether anything got worse
    ///
    /// Exits with 0 where nothing got worse and every change that was expected is there, with 1 where not, and with 3 where
    /// a file is no report or not a whole one.
    Diff {
        /// The report of the run before the change, in json or jsonl, or what `merge --format json` made of several; `-`
        /// reads standard input
        before: String,
        /// The report of the run after it
        after: String,
        /// Assert what the change was for: the route (private, gateway, public, any, blocked) that a service, check or host
        /// takes after it; several with commas between them; repeatable
        #[arg(long, value_name = "WHAT=ROUTE")]
        expect_change: Vec<String>,
        /// Replace account ids, ARNs, addresses and names by stable aliases
        #[arg(long, env = "VPCPROBE_REDACT", value_parser = flag, action = ArgAction::SetTrue)]
        redact: bool,
        /// text or json; text on a terminal, json elsewhere
        #[arg(long, env = "VPCPROBE_FORMAT", value_name = "FORMAT")]
        format: Option<String>,
    },
    /// Several subnets' reports as one table and one list of findings
    ///
    /// Exits with the worst of the runs' codes: a failure (11 to 69) before anything else, of several the smallest; then 70,
    /// then 71 (also for a run that never started, and for a code that is none of ours), then 4, then 0. Exits with 3 where
    /// one of the files is no report or not a whole one: nothing is merged then.
    Merge {
        /// A report in json or jsonl; `-` reads standard input. NAME is what the table calls the run, such as a subnet's id
        /// [default: the subnet's range, or the file's name]
        #[arg(required_unless_present_any = ["exit", "not_started"], value_name = "[NAME=]REPORT")]
        reports: Vec<String>,
        /// A run of which only the exit code is known; repeatable
        #[arg(long, value_name = "NAME=CODE")]
        exit: Vec<String>,
        /// A run that never started, with ECS's stop reason; repeatable
        #[arg(long, value_name = "NAME=TEXT")]
        not_started: Vec<String>,
        /// The operator's view of the VPC that the runs stood in, as scripts/network collects it; `-` reads standard input
        #[arg(long, value_name = "FILE")]
        network: Option<String>,
        /// Replace account ids, ARNs, addresses and names by stable aliases
        #[arg(long, env = "VPCPROBE_REDACT", value_parser = flag, action = ArgAction::SetTrue)]
        redact: bool,
        /// text or json; text on a terminal, json elsewhere
        #[arg(long, env = "VPCPROBE_FORMAT", value_name = "FORMAT")]
        format: Option<String>,
    },
    /// Say what a stop reason, an exit code or a finding means; no network
    ///
    /// Exits with 0, also where the text is not known (it says so, and what can still be read off it), and with 3 where the
    /// text is empty or longer than 64 KiB, or is one word or number that is no finding, no exit code and no stop reason.
    Explain {
        /// The stop reason as it was printed, an exit code, or a finding's id; several words are one text; `-` reads
        /// standard input
        #[arg(required = true, value_name = "TEXT|EXIT-CODE|FINDING")]
        words: Vec<String>,
        /// text or json; text on a terminal, json elsewhere
        #[arg(long, env = "VPCPROBE_FORMAT", value_name = "FORMAT")]
        format: Option<String>,
    },
    /// What pulls of an image cost through a NAT gateway and through VPC endpoints, by list prices; no network
    Cost(CostArgs),
    /// Print the JSON Schema of the report
    Schema {
        /// Of a file of expectations instead
        #[arg(long)]
        expectations: bool,
    },
}

/// What is examined, and how.
#[derive(Args, Clone, Debug)]
pub struct InputArgs {
    /// Region whose endpoints are examined [default: AWS_REGION, AWS_DEFAULT_REGION, the image's host, the task's ARN]
    #[arg(long, env = "VPCPROBE_REGION", value_name = "REGION")]
    pub region: Option<String>,
    /// What kind of start to examine: fargate (default), ecs-ec2, exec; repeatable
    #[arg(long, env = "VPCPROBE_PROFILE", value_name = "PROFILE", value_delimiter = '\n')]
    pub profile: Vec<String>,
    /// A further service, such as secretsmanager, ssm, kms, sts, execute-api; repeatable
    #[arg(long, env = "VPCPROBE_SERVICE", value_name = "SERVICE", value_delimiter = '\n')]
    pub service: Vec<String>,
    /// An image whose pull is replayed; sets account, Region and registry host; repeatable
    #[arg(long, env = "VPCPROBE_IMAGE", value_name = "REF", value_delimiter = '\n')]
    pub image: Vec<String>,
    /// Take images, logs, secrets, environment files, EFS volumes and platform from this task definition: a file with
    /// the JSON that describe-task-definition prints or register-task-definition takes, `-` for standard input, or the
    /// JSON itself, or its gzip in base64 (as `gzip -c FILE | base64 -w 0` makes it). Its `environment` is never read
    #[arg(long, env = "VPCPROBE_TASK_DEFINITION", value_name = "FILE")]
    pub task_definition: Option<Definition>,
    /// A log group that the awslogs driver writes to, by name or ARN; repeatable
    #[arg(long, env = "VPCPROBE_LOG_GROUP", value_name = "GROUP", value_delimiter = '\n')]
    pub log_group: Vec<String>,
    /// A secret that the task start fetches: an ARN (of Secrets Manager also with `:JSON-KEY:STAGE:VERSION` behind it,
    /// or of Parameter Store), a secret's name, or a parameter's as `/NAME` or `ssm:NAME`; repeatable
    #[arg(long, env = "VPCPROBE_SECRET", value_name = "ARN-OR-NAME", value_delimiter = '\n')]
    pub secret: Vec<String>,
    /// How much of each image layer is fetched: sample (up to 1 MiB; the default), full (all, digests checked), none
    #[arg(long, env = "VPCPROBE_LAYERS", value_name = "HOW")]
    pub layers: Option<String>,
    /// Write nothing (no log stream) and ask for no secret's value; the report says what that leaves unproved
    #[arg(long, env = "VPCPROBE_READ_ONLY", value_parser = flag, action = ArgAction::SetTrue)]
    pub read_only: bool,
    /// Any other TLS endpoint (or `tcp://HOST:PORT`), with the route it must take; repeatable
    #[arg(long, env = "VPCPROBE_ENDPOINT", value_name = "HOST[:PORT][=ROUTE]", value_delimiter = '\n')]
    pub endpoint: Vec<String>,
    /// A file with such endpoints, one a line; or an egress list of osd-network-verifier, or what SYSTEM$ALLOWLIST of
    /// Snowflake returns
    #[arg(long, env = "VPCPROBE_ENDPOINTS", value_name = "FILE")]
    pub endpoints: Option<String>,
    /// Assert a route (private, gateway, public, any, blocked) for everything, a service or a host; repeatable
    #[arg(long, env = "VPCPROBE_EXPECT", value_name = "[WHAT=]ROUTE", value_delimiter = '\n')]
    pub expect: Vec<String>,
    /// Assert routes, addresses, issuers and limits as this file says (YAML or JSON; docs/running/expectations.md), `-` for
    /// standard input, or the text itself where it has several lines or begins with `{`
    #[arg(long, env = "VPCPROBE_EXPECTATIONS", value_name = "FILE")]
    pub expectations: Option<String>,
    /// Leave the hosts alone that are asked only to learn whether there is a way out
    #[arg(long, env = "VPCPROBE_NO_CONTROL", value_parser = flag, action = ArgAction::SetTrue)]
    pub no_control: bool,
    /// Examine the FIPS hosts
    #[arg(long, env = "VPCPROBE_FIPS", value_parser = flag, action = ArgAction::SetTrue)]
    pub fips: bool,
    /// Examine the dual-stack hosts
    #[arg(long, env = "VPCPROBE_DUAL_STACK", value_parser = flag, action = ArgAction::SetTrue)]
    pub dual_stack: bool,
    /// Addresses in this range are private even when it is a public one; repeatable
    #[arg(long, env = "VPCPROBE_VPC_CIDR", value_name = "CIDR", value_delimiter = '\n')]
    pub vpc_cidr: Vec<String>,
    #[command(flatten)]
    /// How long each rung may take.
    pub limits: LimitArgs,
    /// Let warnings fail
    #[arg(long, env = "VPCPROBE_STRICT", value_parser = flag, action = ArgAction::SetTrue)]
    pub strict: bool,
    /// Roots beside the public ones [default: AWS_CA_BUNDLE, SSL_CERT_FILE]
    #[arg(long, env = "VPCPROBE_CA_BUNDLE", value_name = "FILE")]
    pub ca_bundle: Option<String>,
    /// Roots that count as public, in place of the built-in set
    #[arg(long, env = "VPCPROBE_ROOTS", value_name = "FILE")]
    pub roots: Option<String>,
}

/// A task definition, or the name of the file that holds it. It is full of secrets, so nothing prints it.
#[derive(Clone)]
pub struct Definition(pub String);

impl From<String> for Definition {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Definition(…)")
    }
}

/// Whether a run keeps asking, and for how long.
#[derive(Args, Clone, Debug, Default)]
pub struct RoundArgs {
    /// Keep asking for so long, such as 5m, and report what was lost and what changed
    #[arg(long = "for", env = "VPCPROBE_FOR", value_name = "TIME")]
    pub time: Option<String>,
    /// How long from the start of one round to that of the next, with --for or --repeat [default: 5s]
    #[arg(long, env = "VPCPROBE_EVERY", value_name = "TIME")]
    pub every: Option<String>,
    /// Ask so many times, and report the same
    #[arg(long, env = "VPCPROBE_REPEAT", value_name = "N", allow_negative_numbers = true)]
    pub repeat: Option<String>,
}

/// Of which pulls the price is asked.
#[derive(Args, Clone, Debug, Default)]
pub struct CostArgs {
    /// The image's compressed bytes, as a number or such as 512MiB or 1.2GB; in place of what a report says
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub bytes: Option<String>,
    /// A report of a run that replayed the pull: its images, bytes and Region are taken, and the endpoints that its start
    /// needs; `-` reads standard input
    #[arg(long, value_name = "REPORT")]
    pub report: Option<String>,
    /// Which image of the report [default: all of them at each start]; without a report, the image's host says the Region
    #[arg(long, value_name = "REF")]
    pub image: Option<String>,
    /// How often a day it is pulled, such as 40 or 0.5
    #[arg(long, value_name = "N", allow_negative_numbers = true, required_unless_present = "show_prices")]
    pub pulls_per_day: Option<String>,
    /// In how many zones each endpoint stands
    #[arg(long, value_name = "N", allow_negative_numbers = true, default_value = "2")]
    pub zones: String,
    /// How many NAT gateways there are [default: one a zone]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub nat_gateways: Option<String>,
    /// A further service whose endpoint the start needs, such as secretsmanager; repeatable
    #[arg(long, value_name = "SERVICE", conflicts_with = "report")]
    pub service: Vec<String>,
    /// Whose prices [default: the report's Region, or that of the image's host]
    #[arg(long, env = "VPCPROBE_REGION", value_name = "REGION")]
    pub region: Option<String>,
    /// A file of prices, in place of those that are built in
    #[arg(long, value_name = "FILE")]
    pub prices: Option<String>,
    /// Print the prices that are built in, in the form that --prices reads
    #[arg(long)]
    pub show_prices: bool,
    /// Replace account ids, ARNs, addresses and names by stable aliases
    #[arg(long, env = "VPCPROBE_REDACT", value_parser = flag, action = ArgAction::SetTrue)]
    pub redact: bool,
    /// text or json; text on a terminal, json elsewhere
    #[arg(long, env = "VPCPROBE_FORMAT", value_name = "FORMAT")]
    pub format: Option<String>,
}

/// How long each rung, and the whole run, may take.
#[derive(Args, Clone, Debug)]
pub struct LimitArgs {
    /// One DNS attempt [default: 2s]
    #[arg(long, env = "VPCPROBE_DNS_TIMEOUT", value_name = "TIME")]
    pub dns_timeout: Option<String>,
    /// One TCP connection [default: 4s]
    #[arg(long, env = "VPCPROBE_CONNECT_TIMEOUT", value_name = "TIME")]
    pub connect_timeout: Option<String>,
    /// One TLS handshake [default: 5s]
    #[arg(long, env = "VPCPROBE_TLS_TIMEOUT", value_name = "TIME")]
    pub tls_timeout: Option<String>,
    /// One HTTP exchange [default: 10s]
    #[arg(long, env = "VPCPROBE_HTTP_TIMEOUT", value_name = "TIME")]
    pub http_timeout: Option<String>,
    /// The whole run [default: 60s]
    #[arg(long, env = "VPCPROBE_DEADLINE", value_name = "TIME")]
    pub deadline: Option<String>,
    /// Warn of a rung slower than this [default: 5s]
    #[arg(long, env = "VPCPROBE_SLOW", value_name = "TIME")]
    pub slow: Option<String>,
    /// Fail when a full pull of an image is estimated to take longer than this [default: no limit]
    #[arg(long, env = "VPCPROBE_MAX_PULL_TIME", value_name = "TIME")]
    pub max_pull_time: Option<String>,
}

/// Where the report goes, and in what form.
#[derive(Args, Clone, Debug)]
pub struct OutputArgs {
    /// text, json, jsonl, junit, markdown, html, prometheus or emf [default: text on a terminal, jsonl on ECS and Lambda,
    /// json elsewhere]
    #[arg(long, env = "VPCPROBE_FORMAT", value_name = "FORMAT")]
    pub format: Option<String>,
    /// stdout (default), file:PATH, cloudwatch:GROUP[:STREAM] or s3://BUCKET/KEY; repeatable, and given ones replace stdout
    #[arg(long, env = "VPCPROBE_SINK", value_name = "SINK", value_delimiter = '\n')]
    pub sink: Vec<String>,
    /// Replace account ids, ARNs, addresses and names by stable aliases, in every copy of the report
    #[arg(long, env = "VPCPROBE_REDACT", value_parser = flag, action = ArgAction::SetTrue)]
    pub redact: bool,
}

/// A flag as an environment variable says it; an empty one is unset.
pub(super) fn flag(word: &str) -> Result<bool, String> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "" | "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("expected true or false".to_owned()),
    }
}

/// The whole tree of commands and flags, for parsing and for the pages generated from it.
pub fn command() -> clap::Command {
    // What the environment holds is nobody's help text.
    fn hide(command: clap::Command) -> clap::Command {
        command.mut_args(|arg| arg.hide_env_values(true)).mut_subcommands(hide)
    }
    hide(Cli::command())
}

/// Parse a command line; an error knows its own words and exit code.
pub fn parse(argv: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command().try_get_matches_from(argv)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_input_is_an_environment_variable_too() {
        for subcommand in command().get_subcommands().filter(|c| c.get_name() == "run") {
            for arg in subcommand.get_arguments().filter(|arg| arg.get_long().is_some()) {
                let long = arg.get_long().unwrap();
                if matches!(long, "help" | "version") {
                    continue;
                }
                let expected = format!("VPCPROBE_{}", long.to_uppercase().replace('-', "_"));
                assert_eq!(arg.get_env().and_then(|env| env.to_str()), Some(expected.as_str()), "--{long}");
            }
        }
    }

    #[test]
    fn usage_errors_exit_with_2() {
        for argv in
            [&["vpcprobe"][..], &["vpcprobe", "walk"], &["vpcprobe", "run", "--nonsense"], &["vpcprobe", "run", "x"]]
        {
            let error = parse(argv.iter().map(Into::into)).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{argv:?}");
        }
    }
}
