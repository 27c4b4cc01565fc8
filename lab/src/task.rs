//! The task: its files, its environment, and the process in its namespace.

mod container;
mod definition;
mod launch;
mod rootfs;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::os::unix::fs::symlink;
use std::path::Path;

pub use container::main as contain_main;
pub use launch::{Ended, Launch, Place, Started, main as launch_main, report, reports};
pub use rootfs::{PROGRAM, furnish as furnish_rootfs};

use serde_json::Value;

use crate::cloud::TOKEN_FILE;
use crate::function;
use crate::http::TASK_ID;
use crate::network::run;
use crate::scenario::{Ipv6, TaskDefinition, Vantage};
use crate::world::World;

/// Where the lab's authority is for the task.
pub const ROOTS: &str = "/run/vpcprobe-lab/roots.pem";

/// Where the inspecting proxy's authority is, for a CA bundle.
const INSPECTION: &str = "/run/vpcprobe-lab/inspection.pem";

/// Where the scenario's files are for the task.
const FILES: &str = "/run/task";

/// The task definition's name there.
const DEFINITION: &str = "task-definition.json";

/// The name servers that the task is configured with.
pub fn nameservers(world: &World) -> Vec<IpAddr> {
    let own = world.resolvers.iter().map(|resolver| resolver.address);
    let fitting = own.filter(|address| match world.scenario.vpc.ipv6 {
        Ipv6::Only => address.is_ipv6(),
        Ipv6::None | Ipv6::Dual => true,
    });
    world.scenario.run.nameservers.clone().unwrap_or_else(|| fitting.take(1).collect())
}

/// Writes what the task finds in its files: an `/etc` of its own, the lab's authority, the scenario's files.
pub fn furnish(world: &World, roots: &str, inspection: &str) -> Result<(), String> {
    let write =
        |path: &Path, text: &str| std::fs::write(path, text).map_err(|e| format!("write {}: {e}", path.display()));
    for folder in ["/run/vpcprobe-lab", FILES] {
        std::fs::create_dir_all(folder).map_err(|e| format!("make {folder}: {e}"))?;
    }
    write(Path::new(ROOTS), roots)?;
    write(Path::new(INSPECTION), inspection)?;
    write(Path::new(TOKEN_FILE), &world.cloud.identity.authorization)?;
    for (name, text) in handed_files(world)? {
        write(&Path::new(FILES).join(name), &text)?;
    }
    // A mount over a single file fails where it is a link into a place that is gone; a fresh /etc always works.
    let old = "/run/vpcprobe-lab/etc";
    std::fs::create_dir_all(old).map_err(|e| format!("make {old}: {e}"))?;
    run("mount", &["--bind", "/etc", old])?;
    run("mount", &["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/etc"])?;
    // Debian finds many commands through these links; a shell in the task's place wants them.
    symlink(format!("{old}/alternatives"), "/etc/alternatives").map_err(|e| format!("link /etc/alternatives: {e}"))?;
    let host = hostname(world);
    write(Path::new("/etc/hosts"), &format!("127.0.0.1 localhost\n{} {host}\n", world.task.v4))?;
    match world.scenario.run.resolv_conf.as_deref() {
        Some("missing") => Ok(()),
        Some("unreadable") => {
            write(Path::new("/etc/resolv.conf"), &resolv_conf(world))?;
            run("chmod", &["000", "/etc/resolv.conf"])
        }
        Some(text) => write(Path::new("/etc/resolv.conf"), text),
        None => write(Path::new("/etc/resolv.conf"), &resolv_conf(world)),
    }
}

/// The files that the lab hands to the task, by name.
pub fn handed_files(world: &World) -> Result<BTreeMap<String, String>, String> {
    let run = &world.scenario.run;
    let mut files = BTreeMap::new();
    for (name, text) in &run.files {
        files.insert(name.clone(), world.cloud.fill(text)?);
    }
    if let Some(name) = &run.host_list {
        files.insert(name.clone(), world.host_list());
    }
    if let Some(given) = run.definition() {
        files.insert(DEFINITION.to_owned(), definition_text(world, given)?);
    }
    Ok(files)
}

fn definition_text(world: &World, given: &TaskDefinition) -> Result<String, String> {
    let text = match given {
        TaskDefinition::Usual(_) => definition::usual(world),
        TaskDefinition::Text(text) => text.clone(),
        TaskDefinition::Document(document) => document.to_string(),
    };
    world.cloud.fill(&text)
}

/// The event of a function, with the task definition in it where there is one.
pub fn event(world: &World) -> Result<Option<String>, String> {
    let run = &world.scenario.run;
    let Some(mut event) = run.event.clone() else {
        return Ok(None);
    };
    if let (Some(given), Some(inputs)) = (run.definition(), event.as_object_mut()) {
        let text = definition_text(world, given)?;
        let document = serde_json::from_str(&text).unwrap_or(Value::String(text));
        inputs.insert("task_definition".to_owned(), document);
    }
    world.cloud.fill(&event.to_string()).map(Some)
}

/// The files of the task that are not as the lab handed them over.
pub fn left_files(world: &World) -> Vec<(String, String)> {
    let handed = handed_files(world).unwrap_or_default();
    let entries = std::fs::read_dir(FILES).into_iter().flatten().filter_map(Result::ok);
    let texts = entries.filter_map(|entry| {
        let bytes = std::fs::read(entry.path()).ok()?;
        Some((entry.file_name().to_string_lossy().into_owned(), String::from_utf8_lossy(&bytes).into_owned()))
    });
    texts.filter(|(name, text)| handed.get(name) != Some(text)).collect()
}

/// The arguments that the task is started with; a function has none.
pub fn arguments(world: &World) -> Result<Vec<String>, String> {
    let run = &world.scenario.run;
    if run.event.is_some() {
        return Ok(Vec::new());
    }
    let definition = run.definition().map(|_| ["--task-definition".to_owned(), format!("{FILES}/{DEFINITION}")]);
    let args = run.args.iter().cloned().chain(definition.into_iter().flatten());
    args.map(|arg| world.cloud.fill(&arg)).collect()
}

fn resolv_conf(world: &World) -> String {
    let domain = world.internal_suffix();
    let mut lines = vec![format!("search {}", domain.trim_start_matches('.'))];
    let servers = nameservers(world).into_iter();
    lines.extend(servers.map(|address| format!("nameserver {address}")));
    lines.join("\n") + "\n"
}

fn hostname(world: &World) -> String {
    format!("ip-{}{}", world.task.v4.to_string().replace('.', "-"), world.internal_suffix())
}

/// The task's whole environment.
pub fn environment(world: &World) -> Result<BTreeMap<String, String>, String> {
    let run = &world.scenario.run;
    let platform = match run.vantage {
        Vantage::Fargate => ecs(world, "AWS_ECS_FARGATE"),
        Vantage::EcsEc2 => ecs(world, "AWS_ECS_EC2"),
        Vantage::Lambda => lambda(world),
        Vantage::Other => Vec::new(),
    };
    let common = [("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("VPCPROBE_ROOTS", ROOTS)];
    let common = common.map(|(name, value)| (name, value.to_owned()));
    let all = common.into_iter().chain(platform).chain(world.cloud.identity.variables());
    let mut environment: BTreeMap<String, String> = all.map(|(name, value)| (name.to_owned(), value)).collect();
    for (name, value) in &run.env {
        environment.insert(name.clone(), world.cloud.fill(value)?);
    }
    environment.retain(|name, _| !run.unset.contains(name));
    Ok(environment)
}

fn ecs(world: &World, platform: &str) -> Vec<(&'static str, String)> {
    let container = format!("{TASK_ID}-1234567890");
    vec![
        ("AWS_EXECUTION_ENV", platform.to_owned()),
        ("AWS_REGION", world.region().to_owned()),
        ("AWS_DEFAULT_REGION", world.region().to_owned()),
        ("ECS_CONTAINER_METADATA_URI", format!("http://169.254.170.2/v3/{container}")),
        ("ECS_CONTAINER_METADATA_URI_V4", format!("http://169.254.170.2/v4/{container}")),
        ("ECS_AGENT_URI", format!("http://169.254.170.2/api/{container}")),
        ("HOSTNAME", hostname(world)),
        ("HOME", "/root".to_owned()),
    ]
}

fn lambda(world: &World) -> Vec<(&'static str, String)> {
    let api = world.scenario.run.event.is_some().then(|| ("AWS_LAMBDA_RUNTIME_API", function::ADDRESS.to_owned()));
    let own = [
        ("AWS_LAMBDA_FUNCTION_NAME", function::NAME.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", function::NAME)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef".to_owned()),
        ("AWS_REGION", world.region().to_owned()),
        ("AWS_DEFAULT_REGION", world.region().to_owned()),
        ("LAMBDA_TASK_ROOT", "/var/task".to_owned()),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        (
            "LD_LIBRARY_PATH",
            "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib".to_owned(),
        ),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin".to_owned()),
        ("TZ", ":UTC".to_owned()),
        ("_HANDLER", "bootstrap".to_owned()),
    ];
    own.into_iter().chain(api).collect()
}
