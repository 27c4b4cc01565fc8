//! What was asked: words to numbers, and what a report says of its pulls.

use serde::Serialize;

use crate::diagnosis::{CheckResult, ObservedRoute, Pull};
use crate::inputs::{ImageRef, Region, shown};
use crate::plan::{Plan, Reach};
use crate::report::Report;

/// No image is larger.
const MOST_BYTES: u64 = 1_000_000_000_000_000;
/// A fleet that starts more often a day has other worries, and the sums stay far from their limits.
const MOST_PULLS: u64 = 10_000_000;
/// No Region has as many zones.
const MOST_ZONES: u64 = 16;

/// Of which pulls the price is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Whose prices.
    pub region: Region,
    /// What is pulled: all of it at each start.
    pub images: Vec<Image>,
    /// Thousandths of a start a day.
    pub pulls_milli: u64,
    /// In how many zones each endpoint stands.
    pub zones: u64,
    /// How many NAT gateways there are.
    pub nat_gateways: u64,
    /// The interface endpoints that the start needs, by their service names.
    pub endpoints: Vec<String>,
    /// Whether the run reached S3 by an interface endpoint.
    pub s3_by_interface: bool,
    /// Images that no endpoint carries, or whose bytes are not known, and endpoints of other Regions, each with its
    /// reason.
    pub left_out: Vec<String>,
}

/// One image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Image {
    /// Its reference, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Its compressed bytes.
    pub bytes: u64,
}

/// A size as people write it: bytes, or with a unit.
pub fn bytes(word: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 9] = [
        ("b", 1),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("tb", 1_000_000_000_000),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
    ];
    let word = word.trim();
    let at = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (number, unit) = (word[..at].trim_end(), word[at..].to_ascii_lowercase());
    let factor = if unit.is_empty() { Some(1) } else { UNITS.iter().find(|(name, _)| *name == unit).map(|(_, n)| *n) };
    let size = factor.and_then(|factor| Some(u128::from(thousandths(number)?) * u128::from(factor) / 1_000));
    match size.and_then(|size| u64::try_from(size).ok()) {
        Some(size) if (1..=MOST_BYTES).contains(&size) => Ok(size),
        Some(_) | None => Err(format!(
            "--bytes {}: expected a size such as 536870912, 512MiB or 1.2GB, above 0 and at most 1000 TB",
            shown(word)
        )),
    }
}

/// Thousandths of a pull a day.
pub fn pulls(word: &str) -> Result<u64, String> {
    thousandths(word.trim()).filter(|milli| *milli <= MOST_PULLS * 1_000).ok_or_else(|| {
        let word = shown(word);
        format!("--pulls-per-day {word}: expected a number such as 40 or 0.5, from 0 to {MOST_PULLS}")
    })
}

/// How many there are of what stands in zones.
pub fn zones(flag: &str, word: &str) -> Result<u64, String> {
    let number = word.trim().parse().ok().filter(|number| (1..=MOST_ZONES).contains(number));
    number.ok_or_else(|| format!("{flag} {}: expected a whole number from 1 to {MOST_ZONES}", shown(word)))
}

/// A decimal number in thousandths; digits beyond the third behind the point are refused.
fn thousandths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 3 {
        return None;
    }
    whole.parse::<u64>().ok()?.checked_mul(1_000)?.checked_add(format!("{part:0<3}").parse().ok()?)
}

/// The interface endpoints of its Region that a plan needs, by their service names; and those of other Regions, which
/// have other prices, each with the reason why it is in no sum. Gateway endpoints cost nothing.
pub fn endpoints(plan: &Plan) -> (Vec<String>, Vec<String>) {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for check in plan.checks.iter().filter(|check| check.required && check.reach == Reach::Interface) {
        let Some(service) = &check.endpoint_service else { continue };
        if check.region.as_ref().is_none_or(|region| *region == plan.place.region) {
            own.push(service.clone());
        } else {
            others.push(format!("{service}: another Region's: a way out stays for it"));
        }
    }
    for names in [&mut own, &mut others] {
        crate::order::naturally(names);
        names.dedup();
    }
    (own, others)
}

/// Whether the run reached the layers by an interface endpoint of S3.
pub fn is_s3_by_interface(report: &Report) -> bool {
    let is_private_s3 = |check: &CheckResult| {
        check.required && check.service.as_deref() == Some("s3") && check.observed_route == ObservedRoute::Private
    };
    report.checks.iter().any(is_private_s3)
}

/// What is pulled of a report's images, and what is left out of the sum with its reason.
pub fn images(report: &Report, only: Option<&str>) -> Result<(Vec<Image>, Vec<String>), String> {
    let known: Vec<&Pull> = report.pulls.iter().filter(|pull| only.is_none_or(|only| pull.image == only)).collect();
    if known.is_empty() {
        return Err(no_pull(report, only));
    }
    let (mut images, mut left_out) = (Vec::new(), Vec::new());
    for pull in known {
        match carried(&pull.image, &report.inputs.region) {
            Err(why) => left_out.push(format!("{}: {why}", shown(&pull.image))),
            Ok(()) if !(1..=MOST_BYTES).contains(&pull.bytes) => {
                return Err(format!("{}: {} bytes are no image's size", shown(&pull.image), pull.bytes));
            }
            Ok(()) => images.push(Image { image: Some(pull.image.clone()), bytes: pull.bytes }),
        }
    }
    let total = images.iter().fold(0_u64, |sum, image| sum.saturating_add(image.bytes));
    match images.first() {
        None => Err(format!("there is nothing to compare: {}", left_out.join("; "))),
        Some(_) if total > MOST_BYTES => Err("its images are more than 1000 TB together".to_owned()),
        Some(_) => {
            let is_unknown = |image: &&ImageRef| report.pulls.iter().all(|pull| pull.image != image.reference);
            let unseen = report.inputs.images.iter().filter(|_| only.is_none()).filter(is_unknown);
            left_out.extend(unseen.map(|image| {
                format!("{}: its manifest did not come, so its bytes are not known", shown(&image.reference))
            }));
            Ok((images, left_out))
        }
    }
}

/// Whether endpoints of this Region carry an image, or why not.
pub fn carried(image: &str, region: &Region) -> Result<(), String> {
    let ecr = ImageRef::parse(image).map_err(|why| format!("not an image's reference: {why}"))?.ecr;
    match ecr {
        Some(ecr) if ecr.region == *region => Ok(()),
        Some(ecr) => Err(format!(
            "it is pulled from {}, and no gateway endpoint leads to the layers of another Region, so a NAT gateway stays \
             for it: replicate it to {region}",
            ecr.region
        )),
        None => Err("no VPC endpoint carries its registry, so a NAT gateway stays for it: copy it to ECR, or pull it \
                     through ECR's cache"
            .to_owned()),
    }
}

fn no_pull(report: &Report, only: Option<&str>) -> String {
    let names: Vec<String> = report.pulls.iter().take(3).map(|pull| shown(&pull.image)).collect();
    match only {
        Some(only) if !names.is_empty() => format!("no pull of {} in it, but of {}", shown(only), names.join(", ")),
        Some(_) | None => {
            "it has no pull, so no image's bytes are known: run the probe with --image and credentials that \
                           may read the manifest, or give --bytes"
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests;
