//! What a program finds in the probe's place. This test is that program as well: static, as the probe is, it runs where
//! there is nothing else, and tells what it sees.

#![expect(clippy::print_stdout, reason = "what the program says")]

mod inside {
    pub mod program;
    pub mod world;
}

use std::collections::BTreeMap;
use std::process::ExitCode;

use inside::program;
use inside::world::{Said, World};
use libtest_mimic::{Arguments, Failed, Trial};

type Test = fn() -> Result<(), Failed>;

fn main() -> ExitCode {
    if program::is_meant() {
        return program::main();
    }
    let table: [(&str, Test); 6] = [
        ("an_image_runs_as_a_container_runtime_starts_it", an_image_runs_as_a_container_runtime_starts_it),
        ("an_image_stays_as_it_is", an_image_stays_as_it_is),
        ("what_only_root_may_run_does_not_start", what_only_root_may_run_does_not_start),
        ("variables_of_a_file_come_over_the_scenario_s", variables_of_a_file_come_over_the_scenario_s),
        ("a_function_finds_its_surroundings", a_function_finds_its_surroundings),
        ("a_function_ends_as_the_platform_ends_it", a_function_ends_as_the_platform_ends_it),
    ];
    let trials = table.map(|(name, test)| Trial::test(name, test));
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn an_image_runs_as_a_container_runtime_starts_it() -> Result<(), Failed> {
    let world = World::new("container", "[run]\nfiles = { \"a.txt\" = \"handed\" }\n");
    let said = world.in_image().run(&[]);
    let expected = [
        ("Pid", "1"),
        ("Uid", "65532 65532 65532 65532"),
        ("Gid", "65532 65532 65532 65532"),
        ("CapInh", "0000000000000000"),
        ("CapPrm", "0000000000000000"),
        ("CapEff", "0000000000000000"),
        ("CapBnd", "0000000000000000"),
        ("CapAmb", "0000000000000000"),
        ("NoNewPrivs", "1"),
        ("/", "dev etc licenses proc run vpcprobe"),
        ("/dev", "full null random urandom zero"),
        ("/etc", "hostname hosts resolv.conf"),
        ("/run", "task vpcprobe-lab"),
        ("/run/vpcprobe-lab", "credentials-token inspection.pem roots.pem"),
        ("/run/task", "a.txt"),
        ("processes", "1"),
        ("write /x", "Read-only file system (os error 30)"),
        ("write /etc/hosts", "Permission denied (os error 13)"),
        ("write /run/vpcprobe-lab/roots.pem", "Permission denied (os error 13)"),
        ("write /run/task/new", "done"),
        ("write /dev/null", "done"),
        ("write /dev/full", "No space left on device (os error 28)"),
        ("hostname", "ip-10-0-1-7.ap-northeast-1.compute.internal"),
        ("HOME", "/"),
    ];
    said.holds(&expected)
}

fn an_image_stays_as_it_is() -> Result<(), Failed> {
    let world = World::new("unchanged", "").in_image();
    let before = world.image();
    let said = world.run(&[]);
    if said.code != 0 || world.image() != before {
        return Err(format!("{before:?} became {:?}: {}", world.image(), said.errors).into());
    }
    Ok(())
}

fn what_only_root_may_run_does_not_start() -> Result<(), Failed> {
    let world = World::new("forbidden", "").in_image();
    world.allow_program(0o700);
    let said = world.run(&[]);
    said.fails(125, "start /vpcprobe of the image: Permission denied")
}

fn variables_of_a_file_come_over_the_scenario_s() -> Result<(), Failed> {
    let world = World::new("variables", "[run]\nenv = { SHOWN_A = \"scenario\", SHOWN_B = \"scenario\" }\n");
    let file = world.write("variables", "# ours\nSHOWN_A=file\nSHOWN_C=one\\ntwo \\\\n\n");
    world.run(&["--env-file", &file]).holds(&[
        ("SHOWN_A", "file"),
        ("SHOWN_B", "scenario"),
        ("SHOWN_C", "one\ntwo \\n"),
    ])?;
    let wrong = world.write("wrong", "SHOWN_A=1\nSHOWN_B\n");
    world.run(&["--env-file", &wrong]).fails(125, "wrong line 2: no NAME=VALUE")
}

fn a_function_finds_its_surroundings() -> Result<(), Failed> {
    let world = World::new("function", "");
    let event = world.write("event", r#"{"do": "tell"}"#);
    let said = world.run(&["--invoke", &event]);
    said.holds(&[
        ("arguments", ""),
        ("AWS_LAMBDA_FUNCTION_NAME", "vpcprobe"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_REGION", "ap-northeast-1"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("_HANDLER", "bootstrap"),
        ("TZ", ":UTC"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:ap-northeast-1:123456789012:function:vpcprobe"),
    ])?;
    said.lacks(&["AWS_EXECUTION_ENV", "ECS_CONTAINER_METADATA_URI_V4", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])
}

fn a_function_ends_as_the_platform_ends_it() -> Result<(), Failed> {
    let world = World::new("function-end", "");
    let wrong = world.write("no-json", "{");
    world.run(&["--invoke", &wrong]).fails(125, "Lambda takes no event that is not JSON")?;
    let table = [
        (r#"{"do": "answer", "with": {"exit_code": 23}}"#, 23, r#"{"exit_code":23}"#),
        (r#"{"do": "fail", "with": {"errorType": "E"}}"#, 1, r#"{"errorType":"E"}"#),
        (r#"{"do": "exit"}"#, 1, "Runtime exited with error: exit status 7"),
        (r#"{"do": "sleep"}"#, 1, "Task timed out after 1.00 seconds"),
    ];
    for (event, code, words) in table {
        let file = world.write("event", event);
        let said = world.run(&["--invoke", &file, "--function-timeout", "1"]);
        if said.code != code || !said.output.contains(words) {
            return Err(format!("{event}: exit {}, {}{}", said.code, said.output, said.errors).into());
        }
    }
    Ok(())
}

/// What the program said, by name.
type Facts = BTreeMap<String, String>;

impl Said {
    fn facts(&self) -> Result<Facts, Failed> {
        serde_json::from_str(&self.output).map_err(|e| format!("{e}: {} {}", self.output, self.errors).into())
    }

    fn lacks(&self, names: &[&str]) -> Result<(), Failed> {
        let facts = self.facts()?;
        match names.iter().find(|name| facts.contains_key(**name)) {
            Some(name) => Err(format!("{name} is {:?}", facts[*name]).into()),
            None => Ok(()),
        }
    }

    fn holds(&self, expected: &[(&str, &str)]) -> Result<(), Failed> {
        let facts = self.facts()?;
        let differs = expected.iter().filter_map(|(name, wanted)| {
            let found = facts.get(*name).map_or("nothing", String::as_str);
            (found != *wanted).then(|| format!("{name}: {found:?}, expected {wanted:?}"))
        });
        let differs: Vec<String> = differs.collect();
        if differs.is_empty() { Ok(()) } else { Err(differs.join("\n").into()) }
    }

    fn fails(&self, code: i32, words: &str) -> Result<(), Failed> {
        if self.code == code && self.errors.contains(words) {
            return Ok(());
        }
        Err(format!("exit {}, expected {code} and {words:?}: {}", self.code, self.errors).into())
    }
}
