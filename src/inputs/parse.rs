//! From raw words to `Inputs`: each field group by itself, each error one sentence with its place.

use std::net::IpAddr;

use ipnet::IpNet;

use super::duration::millis;
use super::list::{self, List};
use super::raw::{each, given};
use super::task::Written;
use super::{
    EfsVolume, Endpoint, EnvironmentFile, Error, Expectation, ImageRef, Inputs, LayerMode, Limits, LogGroup, Platform,
    Profile, RawInputs, Region, Route, TaskDefinition, Vantage, expectations, host_name,
};

/// Believe the raw inputs, or say what is wrong with them.
pub fn accept(raw: &RawInputs, vantage: &Vantage) -> Result<Inputs, Error> {
    let written = Written::accept(raw)?;
    let images = images(raw, &written)?;
    let region = region(raw, &images, vantage, &written)?;
    let List { endpoints, left_out } = endpoints(raw, &region)?;
    Ok(Inputs {
        account: account(&images, vantage, &written),
        profiles: profiles(raw)?,
        services: distinct("--service", &raw.services, |id| Ok(id.to_ascii_lowercase()))?,
        images,
        secrets: written.secrets_at(&region),
        log_groups: written.log_groups_at(&region),
        environment_files: written.environment_files,
        volumes: written.volumes,
        platform: written.platform.unwrap_or_else(|| Platform::of_machine(raw.machine.as_deref())),
        task_definition: written.task_definition,
        layers: layers(raw)?,
        read_only: flag("--read-only", raw.read_only.as_deref())?,
        endpoints,
        left_out,
        expectations: distinct("--expect", &raw.expectations, Expectation::parse)?,
        expectations_file: raw.expectations_file.as_ref().map(|file| file.name.clone()),
        assertions: raw.expectations_file.as_ref().map(expectations::read).transpose()?.unwrap_or_default(),
        controls: !flag("--no-control", raw.no_control.as_deref())?,
        fips: flag("--fips", raw.fips.as_deref())?,
        dual_stack: flag("--dual-stack", raw.dual_stack.as_deref())?,
        vpc_cidrs: distinct("--vpc-cidr", &raw.vpc_cidrs, cidr)?,
        limits: limits(raw)?,
        strict: flag("--strict", raw.strict.as_deref())?,
        ca_bundle: given(raw.ca_bundle.as_deref()).map(str::to_owned),
        roots: given(raw.roots.as_deref()).map(str::to_owned),
        region,
    })
}

/// The task definition's, and those that were named beside it.
fn images(raw: &RawInputs, written: &Written) -> Result<Vec<ImageRef>, Error> {
    let mut images = written.images.clone();
    for image in distinct("--image", &raw.images, ImageRef::parse)? {
        if !images.contains(&image) {
            images.push(image);
        }
    }
    Ok(images)
}

fn layers(raw: &RawInputs) -> Result<LayerMode, Error> {
    let Some(word) = given(raw.layers.as_deref()) else { return Ok(LayerMode::default()) };
    at("--layers", word, |word| match word {
        "sample" => Ok(LayerMode::Sample),
        "full" => Ok(LayerMode::Full),
        "none" => Ok(LayerMode::None),
        _ => Err("expected sample, full or none".into()),
    })
}

/// Accept a value, or say where it stood.
fn at<T>(place: &str, value: &str, accept: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Error> {
    accept(value).map_err(|reason| Error::of(place, value, &reason))
}

/// Accept each value of something that can be repeated, and drop repetitions.
fn distinct<T: PartialEq>(
    place: &str,
    values: &[String],
    accept: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, Error> {
    let mut kept = Vec::new();
    for value in each(values) {
        let accepted = at(place, value, &accept)?;
        if !kept.contains(&accepted) {
            kept.push(accepted);
        }
    }
    Ok(kept)
}

/// The Region: the flag, the environment, the first image of ECR, the task itself, what else the task definition speaks of.
fn region(raw: &RawInputs, images: &[ImageRef], vantage: &Vantage, written: &Written) -> Result<Region, Error> {
    let said =
        [("--region", &raw.region), ("AWS_REGION", &raw.aws_region), ("AWS_DEFAULT_REGION", &raw.aws_default_region)];
    for (place, value) in said {
        if let Some(name) = given(value.as_deref()) {
            return at(place, name, named_region);
        }
    }
    let of_image = images.iter().find_map(|image| image.ecr.as_ref()).map(|ecr| ecr.region.clone());
    let of_task = || task(vantage).and_then(|(region, _)| Region::parse(region));
    of_image.or_else(of_task).or_else(|| written.region()).ok_or_else(|| {
        Error(
            "--region: not given, and neither AWS_REGION nor an image of ECR nor the task metadata nor a task definition \
             names one: expected a Region such as ap-northeast-1"
                .to_owned(),
        )
    })
}

fn named_region(name: &str) -> Result<Region, String> {
    let without_zone = || Region::parse(name.strip_suffix(|c: char| c.is_ascii_lowercase())?);
    match (Region::parse(name), without_zone()) {
        (Some(region), _) => Ok(region),
        (None, Some(region)) => Err(format!("an availability zone, whose Region is {region}")),
        (None, None) => Err("fits no partition: expected a Region such as ap-northeast-1".into()),
    }
}

fn account(images: &[ImageRef], vantage: &Vantage, written: &Written) -> Option<String> {
    let of_image = images.iter().find_map(|image| image.ecr.as_ref()).map(|ecr| ecr.account.clone());
    of_image.or_else(|| task(vantage).map(|(_, account)| account.to_owned())).or_else(|| written.account.clone())
}

/// Region and account of the task's ARN, where metadata gives a sound one.
fn task(vantage: &Vantage) -> Option<(&str, &str)> {
    let mut parts = vantage.task_arn.as_deref()?.split(':');
    let (arn, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account) = (parts.next()?, parts.next()?);
    let sound = arn == "arn" && service == "ecs" && account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    sound.then_some((region, account))
}

fn profiles(raw: &RawInputs) -> Result<Vec<Profile>, Error> {
    let named = distinct("--profile", &raw.profiles, |name| match name {
        "fargate" => Ok(Profile::Fargate),
        "ecs-ec2" => Ok(Profile::EcsEc2),
        "exec" => Ok(Profile::Exec),
        _ => Err("expected fargate, ecs-ec2 or exec".into()),
    })?;
    Ok(if named.is_empty() { vec![Profile::Fargate] } else { named })
}

/// Those of the flags, and those of a list.
fn endpoints(raw: &RawInputs, region: &Region) -> Result<List, Error> {
    let given_ones = each(&raw.endpoints).map(|value| at("--endpoint", value, Endpoint::parse));
    let mut all = List { endpoints: given_ones.collect::<Result<Vec<_>, _>>()?, ..List::default() };
    if let Some(list) = &raw.endpoints_list {
        let read = list::read(list, region)?;
        all.endpoints.extend(read.endpoints);
        all.left_out = read.left_out;
    }
    few_enough(&all.endpoints)?;
    Ok(all)
}

/// More would take longer than any deadline and more memory than a task has.
fn few_enough(endpoints: &[Endpoint]) -> Result<(), Error> {
    const MOST: usize = 5_000;
    if endpoints.len() > MOST {
        return Err(Error(format!("--endpoints: {} are more than the {MOST} that one run examines", endpoints.len())));
    }
    Ok(())
}

impl Inputs {
    /// Believe the inputs of a saved report by the rules of the command line: it may have been edited on its way here.
    pub fn believed_again(&self) -> Result<(), Error> {
        few_enough(&self.endpoints)?;
        let is_account = |account: &String| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if !self.account.iter().all(is_account) {
            return Err(Error("inputs.account: not an account of 12 digits".to_owned()));
        }
        for endpoint in &self.endpoints {
            let host = &endpoint.host;
            if host.parse::<IpAddr>().is_err() && host_name(host).as_ref() != Some(host) {
                return Err(Error::of("inputs.endpoints", host, "not a host name"));
            }
        }
        for image in &self.images {
            if ImageRef::parse(&image.reference).ok().as_ref() != Some(image) {
                return Err(Error::of("inputs.images", &image.reference, "not what its reference says"));
            }
        }
        // They end up in a sentence.
        if !self.left_out.iter().all(|host| super::shown(host) == *host) {
            return Err(Error("inputs.left_out: not what a list could hold".to_owned()));
        }
        if !self.are_assertions_sound() {
            return Err(Error("inputs.assertions: not what a file of expectations could say".to_owned()));
        }
        self.task_believed_again()
    }

    /// What a task definition said: buckets, file systems and Regions become host names.
    fn task_believed_again(&self) -> Result<(), Error> {
        let table = [
            ("secrets", self.secrets.iter().all(|secret| secret.is_sound(&self.region))),
            ("log_groups", self.log_groups.iter().all(LogGroup::is_sound)),
            ("environment_files", self.environment_files.iter().all(EnvironmentFile::is_sound)),
            ("volumes", self.volumes.iter().all(|volume| EfsVolume::parse(&volume.file_system).is_ok())),
            ("platform", self.platform.is_sound()),
            ("task_definition", self.task_definition.iter().all(TaskDefinition::is_sound)),
        ];
        match table.iter().find(|(_, is_sound)| !is_sound) {
            Some((field, _)) => Err(Error(format!("inputs.{field}: not what a task definition could say"))),
            None => Ok(()),
        }
    }
}

fn cidr(text: &str) -> Result<IpNet, String> {
    let net: IpNet = text.parse().map_err(|_| "not a CIDR such as 10.0.0.0/16")?;
    if net.prefix_len() == 0 { Err("covers every address there is".into()) } else { Ok(net.trunc()) }
}

fn flag(place: &str, value: Option<&str>) -> Result<bool, Error> {
    let Some(word) = given(value) else { return Ok(false) };
    at(place, word, |word| match word.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("expected true or false".into()),
    })
}

fn limits(raw: &RawInputs) -> Result<Limits, Error> {
    let usual = Limits::default();
    let limit = |place: &str, value: &Option<String>, usual: u64| match given(value.as_deref()) {
        Some(text) => at(place, text, millis),
        None => Ok(usual),
    };
    Ok(Limits {
        dns_ms: limit("--dns-timeout", &raw.dns_timeout, usual.dns_ms)?,
        connect_ms: limit("--connect-timeout", &raw.connect_timeout, usual.connect_ms)?,
        tls_ms: limit("--tls-timeout", &raw.tls_timeout, usual.tls_ms)?,
        http_ms: limit("--http-timeout", &raw.http_timeout, usual.http_ms)?,
        deadline_ms: limit("--deadline", &raw.deadline, usual.deadline_ms)?,
        slow_ms: limit("--slow", &raw.slow, usual.slow_ms)?,
        max_pull_ms: match given(raw.max_pull_time.as_deref()) {
            Some(text) => Some(at("--max-pull-time", text, millis)?),
            None => None,
        },
    })
}

impl Route {
    /// Accept a route's name, or say what was expected.
    pub fn parse(name: &str) -> Result<Self, String> {
        match name {
            "private" => Ok(Self::Private),
            "gateway" => Ok(Self::Gateway),
            "public" => Ok(Self::Public),
            "any" => Ok(Self::Any),
            "blocked" => Ok(Self::Blocked),
            _ => Err("the route is not private, gateway, public, any or blocked".into()),
        }
    }
}

impl Expectation {
    /// Accept `[WHAT=]ROUTE`, or say what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (what, route) = match text.rsplit_once('=') {
            Some((what, route)) => (Some(what.trim()), route.trim()),
            None => (None, text),
        };
        let route = Route::parse(route)?;
        match what.map(|what| what.strip_suffix('.').unwrap_or(what)) {
            Some("") => Err("before the = stands a service or a host".into()),
            what => Ok(Self { what: what.map(str::to_ascii_lowercase), route }),
        }
    }
}

#[cfg(test)]
mod tests;
