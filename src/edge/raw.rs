//! From the command line, the environment and files to what `inputs` is asked to believe.

use super::args::InputArgs;
use super::files::read_text;
use super::{Environment, FileError, read_list, read_pem};
use crate::inputs::{NamedText, RawInputs};

/// Certificates that flags or variables name.
#[derive(Clone, Debug, Default)]
pub struct TrustFiles {
    /// What replaces the public roots.
    pub roots: Option<Vec<u8>>,
    /// What stands beside them.
    pub bundle: Option<Vec<u8>>,
}

/// Gather the raw inputs, and read the list that they name.
pub fn raw_inputs(args: &InputArgs, environment: &impl Environment) -> Result<RawInputs, FileError> {
    let endpoints_list = match given(args.endpoints.as_ref()) {
        Some(name) => Some(NamedText { text: read_list("--endpoints", &name)?, name }),
        None => None,
    };
    let flag = |is_set: bool| Some(is_set.to_string());
    Ok(RawInputs {
        region: args.region.clone(),
        aws_region: environment.get("AWS_REGION"),
        aws_default_region: environment.get("AWS_DEFAULT_REGION"),
        profiles: args.profile.clone(),
        services: args.service.clone(),
        images: args.image.clone(),
        task_definition: task_definition(args, environment)?,
        log_groups: args.log_group.clone(),
        secrets: args.secret.clone(),
        layers: args.layers.clone(),
        read_only: flag(args.read_only),
        machine: Some(std::env::consts::ARCH.to_owned()),
        endpoints: args.endpoint.clone(),
        endpoints_list,
        expectations: args.expect.clone(),
        expectations_file: expectations(args)?,
        no_control: flag(args.no_control),
        fips: flag(args.fips),
        dual_stack: flag(args.dual_stack),
        vpc_cidrs: args.vpc_cidr.clone(),
        dns_timeout: args.limits.dns_timeout.clone(),
        connect_timeout: args.limits.connect_timeout.clone(),
        tls_timeout: args.limits.tls_timeout.clone(),
        http_timeout: args.limits.http_timeout.clone(),
        deadline: args.limits.deadline.clone(),
        slow: args.limits.slow.clone(),
        max_pull_time: args.limits.max_pull_time.clone(),
        strict: flag(args.strict),
        ca_bundle: bundle_name(args, environment).map(|(_, name)| name),
        roots: given(args.roots.as_ref()),
    })
}

/// The file of expectations: the text itself, as a container without files has it, or what is in the file of that name.
fn expectations(args: &InputArgs) -> Result<Option<NamedText>, FileError> {
    const FLAG: &str = "--expectations";
    // One byte more than is read, so that its size is the sentence.
    const MOST: u64 = (1 << 20) + 1;
    let Some(value) = given(args.expectations.as_ref()) else { return Ok(None) };
    if value.contains('\n') || value.trim_start().starts_with('{') {
        return Ok(Some(NamedText { name: String::new(), text: value }));
    }
    Ok(Some(NamedText { text: read_text(FLAG, &value, MOST)?, name: value }))
}

/// The task definition: the text itself, or what is in the file of that name.
fn task_definition(args: &InputArgs, environment: &impl Environment) -> Result<Option<NamedText>, FileError> {
    // More than any task definition: it is read to be refused with its size.
    const MOST: u64 = 2 << 20;
    let Some(value) = args.task_definition.as_ref().map(|given| given.0.trim()).filter(|value| !value.is_empty())
    else {
        return Ok(None);
    };
    if is_text(value) {
        return Ok(Some(NamedText { name: String::new(), text: value.to_owned() }));
    }
    let text = read_text("--task-definition", value, MOST).map_err(|error| {
        let is_variable = environment.get("VPCPROBE_TASK_DEFINITION").is_some_and(|given| given.trim() == value);
        let hint =
            if is_variable { "; VPCPROBE_TASK_DEFINITION takes the JSON itself as well as a file's name" } else { "" };
        FileError(format!("{error}{hint}"))
    })?;
    Ok(Some(NamedText { name: value.to_owned(), text }))
}

/// What can't be a file's name is a text, whatever is wrong with it: a text may hold secrets, and is not shown as a name is.
pub(super) fn is_text(value: &str) -> bool {
    const LONGEST_NAME: usize = 255;
    value.starts_with(['{', '['])
        || value.starts_with("H4sI")
        || value.contains(['\n', '{', '"'])
        || value.contains(": ")
        || value.split('/').any(|part| part.len() > LONGEST_NAME)
}

/// Read the certificates that flags or variables name.
pub fn trust_files(args: &InputArgs, environment: &impl Environment) -> Result<TrustFiles, FileError> {
    let roots = given(args.roots.as_ref()).map(|path| read_pem("--roots", &path)).transpose()?;
    let bundle = bundle_name(args, environment).map(|(place, path)| read_pem(place, &path)).transpose()?;
    Ok(TrustFiles { roots, bundle })
}

fn bundle_name(args: &InputArgs, environment: &impl Environment) -> Option<(&'static str, String)> {
    let variable = |name| environment.get(name).map(|path| (name, path));
    given(args.ca_bundle.as_ref())
        .map(|path| ("--ca-bundle", path))
        .or_else(|| variable("AWS_CA_BUNDLE"))
        .or_else(|| variable("SSL_CERT_FILE"))
}

fn given(value: Option<&String>) -> Option<String> {
    value.filter(|value| !value.is_empty()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_from_a_files_name() {
        let long = "eyJmYW1pbHkiOi".repeat(40);
        for text in ["{}", "[]", "H4sIAAAA", "family: a", "family: a\ncontainerDefinitions:", "x\ny", "\"a\"", &long] {
            assert!(is_text(text), "{text}");
        }
        for name in ["-", "taskdef.json", "/run/task definition.json", "a:b", "../x/y.json"] {
            assert!(!is_text(name), "{name}");
        }
    }
}
