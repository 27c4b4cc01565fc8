//! What each image's pull came to: its size, what was fetched of it, how fast, and how long all of it would take.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::observation::{Held, Observation, Part, Response, Transfer, TransferEnd};
use crate::plan::{Deed, ImageRef, Plan};

/// Fewer bytes than this say nothing of a rate.
const FEWEST: u64 = 64 * 1024;

/// The pull of one image.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Pull {
    /// The image's reference, as it was given.
    pub image: String,
    /// The digest of the manifest for the task's platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The platform that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// How many layers it has.
    pub layers: u64,
    /// The compressed size of configuration and layers.
    pub bytes: u64,
    /// How much of that was fetched.
    pub bytes_fetched: u64,
    /// How fast, in the time in which anything was transferred. Only transfers that ended well count, and no fewer than
    /// 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_per_s: Option<u64>,
    /// From the first request to the end of the last.
    pub took_ms: u64,
    /// How long a pull of everything would take: to the manifest, to the first byte of a layer, and the bytes at that rate.
    /// Unpacking is not in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_pull_ms: Option<u64>,
}

/// The pulls of the plan's images of which a manifest was seen.
pub fn pulls(plan: &Plan, observations: &[Observation]) -> Vec<Pull> {
    let mut images: Vec<&ImageRef> = Vec::new();
    for check in &plan.checks {
        let image = check.step.as_ref().and_then(|step| of_image(&step.deed));
        images.extend(image.filter(|image| images.iter().all(|known| known.reference != image.reference)));
    }
    images.into_iter().filter_map(|image| pull(plan, observations, image)).collect()
}

fn of_image(deed: &Deed) -> Option<&ImageRef> {
    match deed {
        Deed::Manifest(image) | Deed::Layers(image) => Some(image),
        Deed::Identity | Deed::Secret(_) | Deed::EnvironmentFile(_) | Deed::Token | Deed::LogStream(_) => None,
    }
}

fn pull(plan: &Plan, observations: &[Observation], image: &ImageRef) -> Option<Pull> {
    let of = |check: &&crate::plan::Check| {
        check
            .step
            .as_ref()
            .and_then(|step| of_image(&step.deed))
            .is_some_and(|other| other.reference == image.reference)
    };
    let checks: Vec<_> = plan.checks.iter().filter(of).map(|check| &check.id).collect();
    let mine: Vec<_> =
        observations.iter().filter(|seen| checks.contains(&&seen.check) && seen.step.is_some()).collect();
    let (digest, blobs) = mine.iter().rev().find_map(|seen| match seen.response()?.held.as_ref()? {
        Held::Manifest { digest, config, layers, .. } => Some((digest, std::iter::once(config).chain(layers))),
        _ => None,
    })?;
    let bytes = blobs.clone().map(|blob| blob.bytes).fold(0, u64::saturating_add);
    let rate = rate(&mine);
    Some(Pull {
        image: image.reference.clone(),
        digest: Some(digest.clone()),
        platform: Some(plan.replay.platform.to_string()),
        layers: blobs.count().saturating_sub(1) as u64,
        bytes,
        bytes_fetched: transfers(&mine).map(|(_, transfer)| transfer.bytes).fold(0, u64::saturating_add),
        bytes_per_s: rate,
        took_ms: span(&mine),
        // Of a pull that does not come to its end no time is to be told.
        estimated_pull_ms: rate.filter(|_| is_whole(&mine)).map(|rate| estimate(&mine, bytes, rate)),
    })
}

/// Whether every transfer that was begun ended well.
fn is_whole(mine: &[&Observation]) -> bool {
    transfers(mine).all(|(_, transfer)| transfer.end == TransferEnd::Whole)
}

/// Each transfer and its observation.
fn transfers<'o>(mine: &[&'o Observation]) -> impl Iterator<Item = (&'o Observation, &'o Transfer)> {
    let held = |seen: &'o Observation| match seen.response()?.held.as_ref()? {
        Held::Transfer(transfer) => Some((seen, transfer)),
        _ => None,
    };
    mine.iter().copied().filter_map(held)
}

/// From the first request that was made to the end of the last.
fn span(mine: &[&Observation]) -> u64 {
    let made = || mine.iter().filter(|seen| seen.seen().is_some() || seen.fault().is_some());
    let end = made().map(|seen| seen.at_ms.saturating_add(seen.took_ms)).max().unwrap_or_default();
    end.saturating_sub(made().map(|seen| seen.at_ms).min().unwrap_or_default())
}

/// Bytes by the time in which at least one transfer ran.
fn rate(mine: &[&Observation]) -> Option<u64> {
    let good: Vec<_> = transfers(mine).filter(|(_, transfer)| transfer.end == TransferEnd::Whole).collect();
    let bytes = good.iter().map(|(_, transfer)| transfer.bytes).fold(0, u64::saturating_add);
    let mut times: Vec<_> =
        good.iter().map(|(seen, _)| (seen.at_ms, seen.at_ms.saturating_add(seen.took_ms))).collect();
    crate::order::naturally(&mut times);
    let mut busy = 0;
    let mut until = 0;
    for (from, to) in times {
        busy += to.max(until).saturating_sub(from.max(until));
        until = to.max(until);
    }
    // Below a millisecond nothing is measured.
    let rate = u128::from(bytes) * 1_000 / u128::from(busy.max(1));
    (bytes >= FEWEST).then(|| u64::try_from(rate).unwrap_or(u64::MAX).max(1))
}

/// To the manifest, to a layer's first byte, and all bytes at this rate.
fn estimate(mine: &[&Observation], bytes: u64, rate: u64) -> u64 {
    let until = |wanted: fn(&Observation) -> bool| {
        let them: Vec<_> = mine.iter().copied().filter(|seen| wanted(seen)).collect();
        span(&them)
    };
    let part = |seen: &Observation| seen.step.as_ref().map(|step| step.part);
    let manifest = until(|seen| {
        let part = seen.step.as_ref().map(|step| step.part);
        matches!(part, Some(Part::Ping | Part::RegistryToken | Part::ManifestHead | Part::Manifest))
    });
    let redirect = mine.iter().filter(|seen| part(seen) == Some(Part::LayerBlob) && is_redirect(seen.response()));
    let redirect = redirect.map(|seen| seen.took_ms).min().unwrap_or_default();
    let transfer = u64::try_from(u128::from(bytes) * 1_000 / u128::from(rate.max(1))).unwrap_or(u64::MAX);
    manifest.saturating_add(redirect).saturating_add(transfer)
}

fn is_redirect(response: Option<&Response>) -> bool {
    response.is_some_and(|response| matches!(response.held, Some(Held::Redirect { .. })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::testing::Scene;

    fn read(layers: &str) -> Vec<Pull> {
        let scene = Scene::read(&format!(
            "ecr.dkr dns=10.0.1.7
             s3 dns=52.219.1.1
             manifest ping=challenge manifest=manifest:2*1000000
             layers layer-blob=redirect {layers}"
        ));
        pulls(&scene.plan, &scene.observations)
    }

    #[test]
    fn a_rate_is_bytes_by_the_time_in_which_transfers_ran() {
        let mib = "layer=bytes:1000000/1000000/1000000";
        let table = [
            ("one after the other", format!("{mib},at=10,took=500 {mib},at=510,took=500"), Some(2_000_000)),
            ("beside each other", format!("{mib},at=10,took=500 {mib},at=10,took=500"), Some(4_000_000)),
            ("with a pause", format!("{mib},at=10,took=500 {mib},at=9000,took=500"), Some(2_000_000)),
            ("one within the other", format!("{mib},at=0,took=1000 {mib},at=100,took=200"), Some(2_000_000)),
            ("in no time", format!("{mib},at=0,took=0"), Some(1_000_000_000)),
            (
                "one that stalls does not count",
                format!("{mib},at=0,took=500 layer=bytes:9/1000000/1000000,stalled,at=0,took=9000"),
                Some(2_000_000),
            ),
            ("too little", "layer=bytes:60000/60000/60000,at=0,took=10".to_owned(), None),
            ("nothing", String::new(), None),
        ];
        for (about, layers, expected) in table {
            assert_eq!(read(&layers)[0].bytes_per_s, expected, "{about}");
        }
    }

    #[test]
    fn the_estimate_is_for_everything() {
        let pull = read("layer=bytes:500000/500000/1000000,at=100,took=500").remove(0);
        assert_eq!((pull.layers, pull.bytes, pull.bytes_fetched), (2, 2_002_000, 500_000));
        assert_eq!((pull.digest.as_deref(), pull.platform.as_deref()), (Some("sha256:77"), Some("linux/amd64")));
        // 3 ms for the manifest, 3 for the redirect, 2,002 at 1 MB/s.
        assert_eq!(pull.estimated_pull_ms, Some(2_008));
        assert_eq!(pull.took_ms, 600);
    }

    #[test]
    fn without_a_manifest_there_is_no_pull() {
        let scene = Scene::read("ecr.dkr dns=10.0.1.7\nmanifest manifest=404/MANIFEST_UNKNOWN/x");
        assert_eq!(pulls(&scene.plan, &scene.observations), []);
    }

    #[test]
    fn numbers_that_no_image_has_overflow_nothing() {
        let huge = u64::MAX;
        let pull =
            read(&format!("layer=bytes:{huge}/{huge}/{huge},at={huge},took={huge} layer=bytes:{huge}/{huge}/{huge}"))
                .remove(0);
        assert_eq!((pull.bytes_fetched, pull.bytes_per_s.is_some()), (huge, true));
    }
}
