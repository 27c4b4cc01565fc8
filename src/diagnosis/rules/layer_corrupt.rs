//! `layer-corrupt`: what came of the image is not what was asked for: another digest, another length, or the connection ended
//! before all of it came.

use super::{grouped, missing};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::{self, Flaw, Reading};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};

/// Take it, a finding a kind and host.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(|trouble| flaw(trouble).is_some());
    let key = |trouble: &Trouble<'c>| (flaw(trouble).map(|flaw| std::mem::discriminant(&flaw)), trouble.host());
    let groups = grouped::by(taken, key);
    groups.iter().filter_map(|(_, taken)| Some(finding(case, flaw(taken.first()?)?, taken))).collect()
}

fn flaw<'c>(trouble: &Trouble<'c>) -> Option<Flaw<'c>> {
    match reading::of(trouble)? {
        Reading::Corrupt(flaw) => Some(flaw),
        _ => None,
    }
}

fn finding<'c>(case: &'c Case<'c>, flaw: Flaw<'_>, taken: &[Trouble<'c>]) -> Finding {
    let image = missing::image(taken).map(|image| words::quoted(&image.reference)).unwrap_or_default();
    let part = what(taken);
    let hosts = words::hosts(taken);
    let draft = Draft::new(FindingId::LayerCorrupt, case, taken);
    let changed = "Something on the way changes what passes (an inspecting proxy, a cache), or the image is damaged where it is kept.";
    let draft = match flaw {
        Flaw::Manifest(why) => draft
            .likely([])
            .summary(format!("{hosts} sends for {image} a manifest that is another: {}.", words::quoted(why))),
        Flaw::Digest(digest) => draft
            .likely([])
            .summary(format!("{hosts} sends {part} of {image} changed: its digest is {}.", words::quoted(digest))),
        Flaw::Length(said, other) => draft.likely([]).summary(format!(
            "{hosts} sends {part} of {image} in another length: {other} bytes, where the manifest says {said}."
        )),
        Flaw::CutOff(bytes, wanted) => draft.likely([FindingId::TransferStalled]).summary(format!(
            "{hosts} sends {part} of {image} cut off: the connection ends after {bytes} of {wanted} bytes."
        )),
    };
    let meaning = match flaw {
        Flaw::CutOff(..) => {
            "Something on the way ends long transfers (a proxy or firewall with a limit of size or time, a NAT device that forgets \
             connections), or the store does."
        }
        Flaw::Manifest(_) | Flaw::Digest(_) | Flaw::Length(..) => changed,
    };
    draft
        .meaning(meaning)
        .fix(aws::step(
            "pull the image from a host outside this network: where that works, look at what stands on the way",
        ))
        .fix(aws::step("where it fails there too, push the image again, and name the new digest"))
        .finding()
}

/// `a layer`, `the configuration`, or how many.
pub(super) fn what(taken: &[Trouble<'_>]) -> String {
    match taken {
        [one] => reading::part(one).map(reading::asked).unwrap_or_default().to_owned(),
        several => words::plural(several.len(), "layer"),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    const BEFORE: &str = "ecr.dkr dns=10.0.1.7\ns3 dns=52.219.1.1\nlayers layer-blob=redirect ";

    #[test]
    fn what_came_is_compared_with_what_was_asked_for() {
        let table = [
            ("digest", "layer=bytes:9/9/9,digest=sha256:ff", "its digest is sha256:ff", 58),
            ("size", "layer=bytes:9/9/9,said=8", "8 bytes, where the manifest says 9", 58),
            ("short", "layer=bytes:5/9/9", "5 bytes, where the manifest says 9", 58),
            ("cut off", "layer=bytes:5/9/9,broken", "ends after 5 of 9 bytes", 58),
        ];
        for (about, layer, words, code) in table {
            let scene = format!("{BEFORE}{layer}");
            assert_scenes(&[(about, &scene, "error layer-corrupt layers")]);
            let judged = judge(&scene);
            assert_eq!(judged.exit_code, code);
            assert!(judged.findings[0].summary.contains(words), "{}", judged.findings[0].summary);
        }
        let manifest =
            "ecr.dkr dns=10.0.1.7\nmanifest manifest=unusable:its~digest~is~sha256:ee,~and~not~the~one~asked~for";
        assert_scenes(&[("the manifest", manifest, "error layer-corrupt manifest")]);
        assert_eq!(judge(manifest).exit_code, 48);
    }

    #[test]
    fn a_whole_layer_and_a_sample_are_as_they_should_be() {
        assert_scenes(&[
            ("whole", &format!("{BEFORE}layer=bytes:9/9/9,digest=sha256:11,said=9"), ""),
            ("a sample", &format!("{BEFORE}layer=bytes:1048576/1048576/9000000,said=9000000"), ""),
            (
                "by the registry itself",
                "ecr.dkr dns=10.0.1.7\nlayers layer-blob@sha256:11=bytes:9/9/9,digest=sha256:11",
                "",
            ),
        ]);
    }
}
