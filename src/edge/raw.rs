//! From the command line, the environment and files to what `inputs` is asked to believe.

use super::args::InputArgs;
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
        endpoints: args.endpoint.clone(),
        endpoints_list,
        expectations: args.expect.clone(),
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
        strict: flag(args.strict),
        ca_bundle: bundle_name(args, environment).map(|(_, name)| name),
        roots: given(args.roots.as_ref()),
    })
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
