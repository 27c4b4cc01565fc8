//! Reads a task definition: what `register-task-definition` takes and what `describe-task-definition` prints.

mod shape;

use super::arn::{Arn, refuse_what_is_none};
use super::node::Node;
use super::secret::Reference;
use super::written::{Written, WrittenGroup, group_name};
use super::{EfsVolume, EnvironmentFile, Platform, SecretStore, SecretUse, TaskDefinition, alien, text};
use crate::inputs::{Error, ImageRef, NamedText, Region, shown};
use shape::{Container, Credentials, Efs, File, LogConfiguration, LogOptions, Runtime, Secret, Task, Volume};

/// ECS takes 10; a file of many more is no task definition.
const MOST_CONTAINERS: usize = 100;
/// Of secrets in all: as many as fit into a task definition of 64 KiB, and not many more.
const MOST_SECRETS: usize = 1_000;
/// ECS takes ten environment files a container, and ten containers.
const MOST_FILES: usize = 100;

/// Read a task definition, or say in one sentence what is wrong with it and where.
pub(super) fn parse(given: &NamedText) -> Result<Written, Error> {
    let place = match given.name.as_str() {
        "" => "--task-definition".to_owned(),
        name => format!("--task-definition {}", shown(name)),
    };
    let text = text::unpacked(&given.text).map_err(|why| Error(format!("{place}: {why}")))?;
    let document = Node::document(place, &text)?;
    let (node, task) = unwrapped(&document)?;
    let mut written = Written { platform: platform(&node, &task)?, ..Written::default() };
    if let Some(arn) = node.field("taskDefinitionArn", task.task_definition_arn) {
        (written.region, written.account) = arn.read(own_arn)?;
    }
    let mut about = about(&node, &task)?;
    for container in containers(&node, &task)? {
        read_container(&container, &mut written, &mut about)?;
    }
    for volume in list(node.field("volumes", task.volumes))? {
        read_volume(&volume, &mut written)?;
    }
    written.task_definition = Some(about);
    Ok(written)
}

/// The task definition itself, which `describe-task-definition` wraps.
fn unwrapped<'a>(document: &Node<'a>) -> Result<(Node<'a>, Task<'a>), Error> {
    let task: Task<'a> = document.object().map_err(|error| match document.kind() {
        "an object" => error,
        _ => alien::refusal(document),
    })?;
    if task.container_definitions.is_some() {
        return Ok((document.clone(), task));
    }
    let inner = document.field("taskDefinition", task.task_definition).filter(|inner| inner.kind() == "an object");
    let Some(inner) = inner else { return Err(alien::refusal(document)) };
    let task: Task<'a> = inner.object()?;
    if task.container_definitions.is_none() {
        return Err(alien::refusal(&inner));
    }
    // The place is known without the wrapper's name.
    Ok((inner.known_as(document.place().to_owned()), task))
}

fn containers<'a>(node: &Node<'a>, task: &Task<'a>) -> Result<Vec<Node<'a>>, Error> {
    let containers = list(node.field("containerDefinitions", task.container_definitions))?;
    if containers.is_empty() {
        return Err(node.refuse("containerDefinitions: it is empty, and a task has at least one container"));
    }
    if containers.len() > MOST_CONTAINERS {
        let count = containers.len();
        return Err(
            node.refuse(&format!("containerDefinitions: {count} are more than the {MOST_CONTAINERS} read here"))
        );
    }
    let named = containers.into_iter().enumerate().map(|(index, container)| {
        let name: Container<'a> = container.object()?;
        let label = container.field("name", name.name).and_then(|name| name.label());
        let label = label.unwrap_or_else(|| (index + 1).to_string());
        Ok(container.known_as(format!("{}: container {label}", node.place())))
    });
    named.collect()
}

fn read_container(node: &Node<'_>, written: &mut Written, about: &mut TaskDefinition) -> Result<(), Error> {
    let container: Container<'_> = node.object()?;
    let image = node.field("image", container.image).ok_or_else(|| node.refuse("it has no image"))?;
    let image = image.read(ImageRef::parse)?;
    if let Some(credentials) = node.field("repositoryCredentials", container.repository_credentials) {
        let inner: Credentials<'_> = credentials.object()?;
        if let Some(parameter) = credentials.field("credentialsParameter", inner.credentials_parameter) {
            let secret = parameter.read(|text| Reference::parse(text, SecretStore::SecretsManager))?;
            written.secrets.push((secret, SecretUse::Registry { image: image.reference.clone() }));
        }
    }
    if !written.images.contains(&image) {
        written.images.push(image);
    }
    read_secrets(node.field("secrets", container.secrets), &SecretUse::Environment, written)?;
    for file in list(node.field("environmentFiles", container.environment_files))? {
        read_environment_file(&file, written)?;
    }
    if let Some(log) = node.field("logConfiguration", container.log_configuration) {
        read_log(&log, written, about)?;
    }
    about.firelens |= container.firelens_configuration.is_some();
    Ok(())
}

fn read_secrets(secrets: Option<Node<'_>>, purpose: &SecretUse, written: &mut Written) -> Result<(), Error> {
    let Some(secrets) = secrets else { return Ok(()) };
    for node in secrets.list()? {
        let secret: Secret<'_> = node.object()?;
        let label = node.field("name", secret.name).and_then(|name| name.label());
        let node = match label {
            Some(label) => node.known_as(format!("{} {label}", secrets.place())),
            None => node,
        };
        let from = node.field("valueFrom", secret.value_from).ok_or_else(|| node.refuse("it has no valueFrom"))?;
        let reference = from.read(|text| Reference::parse(text, SecretStore::ParameterStore))?;
        written.secrets.push((reference, purpose.clone()));
        if written.secrets.len() > MOST_SECRETS {
            return Err(node.refuse(&format!("with it there are more than the {MOST_SECRETS} secrets read here")));
        }
    }
    Ok(())
}

fn read_environment_file(node: &Node<'_>, written: &mut Written) -> Result<(), Error> {
    let file: File<'_> = node.object()?;
    if let Some(kind) = node.field("type", file.r#type) {
        kind.read(|kind| if kind == "s3" { Ok(()) } else { Err("only s3 is known".into()) })?;
    }
    let value = node.field("value", file.value).ok_or_else(|| node.refuse("it has no value"))?;
    let file = value.read(EnvironmentFile::parse)?;
    if !written.environment_files.contains(&file) {
        if written.environment_files.len() == MOST_FILES {
            return Err(
                node.refuse(&format!("with it there are more than the {MOST_FILES} environment files read here"))
            );
        }
        written.environment_files.push(file);
    }
    Ok(())
}

fn read_log(node: &Node<'_>, written: &mut Written, about: &mut TaskDefinition) -> Result<(), Error> {
    let log: LogConfiguration<'_> = node.object()?;
    read_secrets(node.field("secretOptions", log.secret_options), &SecretUse::LogOption, written)?;
    let driver = node.field("logDriver", log.log_driver).ok_or_else(|| node.refuse("it has no logDriver"))?;
    if driver.text()? != "awslogs" {
        return Ok(());
    }
    about.awslogs = true;
    let missing = || node.refuse("the awslogs driver has no option awslogs-group");
    let options = node.field("options", log.options).ok_or_else(missing)?;
    let inner: LogOptions<'_> = options.object()?;
    let group = options.field("awslogs-group", inner.group).ok_or_else(missing)?.read(group_name)?;
    let region = options.field("awslogs-region", inner.region).map(|region| region.read(region_name)).transpose()?;
    let create = match options.field("awslogs-create-group", inner.create) {
        Some(create) => create.text()? == "true",
        None => false,
    };
    written.log_groups.push(WrittenGroup { name: group, region, create });
    Ok(())
}

fn region_name(text: &str) -> Result<Region, String> {
    refuse_what_is_none(text)?;
    Region::parse(text).ok_or_else(|| "fits no partition: expected a Region such as ap-northeast-1".into())
}

fn read_volume(node: &Node<'_>, written: &mut Written) -> Result<(), Error> {
    let volume: Volume<'_> = node.object()?;
    let label = node.field("name", volume.name).and_then(|name| name.label());
    let Some(efs) = node.field("efsVolumeConfiguration", volume.efs_volume_configuration) else { return Ok(()) };
    let inner: Efs<'_> = efs.object()?;
    let id = efs.field("fileSystemId", inner.file_system_id);
    let id = id.ok_or_else(|| efs.refuse(&format!("volume {} has no fileSystemId", label.unwrap_or_default())))?;
    let volume = id.read(EfsVolume::parse)?;
    if !written.volumes.contains(&volume) {
        if written.volumes.len() == MOST_FILES {
            return Err(node.refuse(&format!("with it there are more than the {MOST_FILES} file systems read here")));
        }
        written.volumes.push(volume);
    }
    Ok(())
}

/// What the images must be for; none where the definition is for instances and leaves it to them.
fn platform(node: &Node<'_>, task: &Task<'_>) -> Result<Option<Platform>, Error> {
    let Some(runtime) = node.field("runtimePlatform", task.runtime_platform) else { return usual_platform(node, task) };
    let inner: Runtime<'_> = runtime.object()?;
    let mut platform = Platform::default();
    if let Some(cpu) = runtime.field("cpuArchitecture", inner.cpu_architecture) {
        platform.architecture = cpu.read(architecture)?;
    }
    if let Some(system) = runtime.field("operatingSystemFamily", inner.operating_system_family) {
        platform.os = system.read(operating_system)?;
    }
    Ok(Some(platform))
}

/// On Fargate what is not said is Linux on x86.
fn usual_platform(node: &Node<'_>, task: &Task<'_>) -> Result<Option<Platform>, Error> {
    let launch = list(node.field("requiresCompatibilities", task.requires_compatibilities))?;
    let launch = launch.iter().map(Node::text).collect::<Result<Vec<_>, _>>()?;
    let is_for_fargate = launch.is_empty() || launch.iter().any(|launch| launch == "FARGATE");
    Ok(is_for_fargate.then(Platform::default))
}

fn architecture(text: &str) -> Result<String, String> {
    match text.to_ascii_uppercase().as_str() {
        "X86_64" => Ok("amd64".to_owned()),
        "ARM64" => Ok("arm64".to_owned()),
        _ => Err("expected X86_64 or ARM64".into()),
    }
}

fn operating_system(text: &str) -> Result<String, String> {
    match text.to_ascii_uppercase().as_str() {
        "LINUX" => Ok("linux".to_owned()),
        family if family.starts_with("WINDOWS_SERVER_") => Ok("windows".to_owned()),
        _ => Err("expected LINUX or WINDOWS_SERVER_…".into()),
    }
}

fn about(node: &Node<'_>, task: &Task<'_>) -> Result<TaskDefinition, Error> {
    let family = node.field("family", task.family).map(|family| family.read(|text| word(text, ""))).transpose()?;
    let revision = node.field("revision", task.revision).and_then(|revision| revision.number());
    let role = |name: &str, field| {
        node.field(name, field).filter(|role| !is_empty(role)).map(|role| role.read(role_name)).transpose()
    };
    Ok(TaskDefinition {
        name: match (family, revision) {
            (Some(family), Some(revision)) => format!("{family}:{revision}"),
            (Some(family), None) => family,
            (None, _) => "unnamed".to_owned(),
        },
        execution_role: role("executionRoleArn", task.execution_role_arn)?,
        task_role: role("taskRoleArn", task.task_role_arn)?,
        firelens: false,
        awslogs: false,
    })
}

/// Templates leave empty strings where there is no role.
fn is_empty(node: &Node<'_>) -> bool {
    node.text().is_ok_and(|text| text.is_empty())
}

/// A role's ARN or its name.
fn role_name(text: &str) -> Result<String, String> {
    word(text, "+=,.@:/")
}

fn word(text: &str, further: &str) -> Result<String, String> {
    refuse_what_is_none(text)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || further.contains(c);
    if text.len() <= 2048 && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("there is a character in it that such a name can't have".into())
    }
}

fn own_arn(text: &str) -> Result<(Option<Region>, Option<String>), String> {
    let arn = Arn::parse(text)?;
    if arn.service == "ecs" && arn.resource.starts_with("task-definition/") {
        Ok((arn.region, arn.account.map(str::to_owned)))
    } else {
        Err("not the ARN of a task definition".into())
    }
}

/// What stands in a list; nothing where there is none.
fn list(node: Option<Node<'_>>) -> Result<Vec<Node<'_>>, Error> {
    node.map_or(Ok(Vec::new()), |node| node.list())
}

impl TaskDefinition {
    /// Whether its words could stand in a task definition: they may come from a file that was edited.
    pub(in crate::inputs) fn is_sound(&self) -> bool {
        let roles = self.execution_role.iter().chain(&self.task_role);
        word(&self.name, ":").is_ok() && roles.into_iter().all(|role| role_name(role).is_ok())
    }
}

#[cfg(test)]
mod tests;
