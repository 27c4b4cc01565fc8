//! `platform-missing`: the index has no entry for the task's operating system and processor.

use super::missing;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::{self, Reading};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take it, a finding an image.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| platforms(trouble).is_some());
    taken.chunk_by(|one, other| one.view.check.id == other.view.check.id).map(|taken| finding(case, taken)).collect()
}

fn platforms<'c>(trouble: &Trouble<'c>) -> Option<&'c [String]> {
    match reading::of(trouble)? {
        Reading::NoPlatform(platforms) => Some(platforms),
        _ => None,
    }
}

fn finding<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Finding {
    let wanted = &case.plan.replay.platform;
    let image = missing::image(taken).map(|image| words::quoted(&image.reference)).unwrap_or_default();
    let has = words::list(taken.iter().filter_map(platforms).flatten().map(|platform| words::quoted(platform)));
    let has = if has.is_empty() { "no platform at all".to_owned() } else { has };
    Draft::new(FindingId::PlatformMissing, case, taken)
        .summary(format!("The image {image} is not for {wanted}: its index names {has}."))
        .meaning("Registry and network are well; the image was built for another processor or operating system than the task's.")
        .fix(aws::step(format!(
            "build it for both: `docker buildx build --platform linux/amd64,linux/arm64 --push …`, or at least for {wanted}"
        )))
        .fix(aws::step(
            "or say in the task definition what the image is for: runtimePlatform with cpuArchitecture ARM64 or X86_64",
        ))
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn the_platforms_that_there_are_are_listed() {
        let scene = "ecr.dkr dns=10.0.1.7\nmanifest manifest-head=ok manifest=no-platform\nlayers layer-blob=below";
        assert_scenes(&[("an index for arm64 alone", scene, "error platform-missing manifest")]);
        let judged = judge(scene);
        assert_eq!(judged.exit_code, 47);
        let found = &judged.findings[0];
        assert!(
            found.summary.ends_with("is not for linux/amd64: its index names linux/arm64/v8."),
            "{}",
            found.summary
        );
        assert!(found.ecs_error.as_ref().unwrap().ends_with("descriptor matching platform 'linux/amd64'"));
    }
}
