//! The command line: parse, run, render, write, exit.

mod main {
    //! What the binary does beyond the library: the process's own affairs.
    pub(crate) mod commands;
    pub(crate) mod cost;
    pub(crate) mod diff;
    pub(crate) mod lambda;
    pub(crate) mod merge;
    pub(crate) mod output;
    pub(crate) mod process;
    pub(crate) mod remote;
    pub(crate) mod render;
    pub(crate) mod watch;
}

use std::process::ExitCode;

use vpcprobe::edge::args::{self, Command};
use vpcprobe::edge::{Environment as _, ProcessEnvironment};

use main::{commands, cost, diff, lambda, merge, process, render};

fn main() -> ExitCode {
    process::announce_bugs();
    // In a Lambda function the inputs come as events, whatever the arguments are.
    if let Some(address) = ProcessEnvironment.get("AWS_LAMBDA_RUNTIME_API") {
        return ExitCode::from(lambda::serve(&address));
    }
    let cli = match args::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors and go to stdout; clap knows which is which.
            let _ = error.print();
            return process::exit_code(error.exit_code());
        }
    };
    let done = std::panic::catch_unwind(|| match cli.command {
        Command::Run { inputs, rounds, output } => commands::run(&inputs, &rounds, &output),
        Command::Plan { inputs, format } => commands::plan(&inputs, format.as_deref()),
        Command::Diagnose { report, strict, network, output } => {
            commands::diagnose(&report, strict, network.as_deref(), &output)
        }
        Command::Render { report, output } => render::render(&report, &output),
        Command::Diff { before, after, expect_change, redact, format } => {
            diff::diff(&before, &after, &expect_change, redact, format.as_deref())
        }
        Command::Merge { reports, exit, not_started, network, redact, format } => {
            merge::merge(&reports, &exit, &not_started, network.as_deref(), redact, format.as_deref())
        }
        Command::Cost(args) => cost::cost(&args),
        Command::Explain { words, format } => commands::explain(&words, format.as_deref()),
        Command::Schema { expectations } => Ok(commands::schema(expectations)),
    });
    match done {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(commands::InputError(sentence))) => {
            process::complain(&sentence);
            ExitCode::from(vpcprobe::exit::INPUT)
        }
        Err(_) => ExitCode::from(vpcprobe::exit::BUG),
    }
}
