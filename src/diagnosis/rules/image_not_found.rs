//! `image-not-found`: MANIFEST_UNKNOWN, or a blob that the manifest names and nobody has.

use super::{grouped, missing};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::Missing;
use crate::diagnosis::{Case, Finding, FindingId, Fix, aws, shaped, words};
use crate::plan::ImageRef;

/// Take it, a finding an image.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = missing::take(ledger, |missing| matches!(missing, Missing::Image | Missing::Blob));
    let key = |trouble: &Trouble<'c>| {
        (missing::of(trouble), missing::image(std::slice::from_ref(trouble)).map(|image| &image.reference))
    };
    let groups = grouped::by(taken, key);
    groups.iter().map(|((missing, _), taken)| finding(case, *missing == Some(Missing::Blob), taken)).collect()
}

fn finding<'c>(case: &'c Case<'c>, is_blob: bool, taken: &[Trouble<'c>]) -> Finding {
    let image = missing::image(taken);
    let name = image.map(|image| words::quoted(&image.reference)).unwrap_or_default();
    let hosts = words::hosts_say(taken, "answers, and has", "answer, and have");
    let draft = Draft::new(FindingId::ImageNotFound, case, taken);
    let is_worded = taken.iter().any(|trouble| {
        trouble.evidence.iter().filter_map(|seen| seen.response()?.told.as_ref()).any(|told| !told.code.is_empty())
    });
    let draft = if is_blob {
        let count = words::plural(taken.len(), "blob");
        draft
            .summary(format!("{hosts} nothing of {count} that the manifest of {name} names."))
            .meaning("The image is not whole in the registry: its push was cut short, or a part of it was deleted.")
            .fix(aws::step("push the image again, and name the new digest"))
    } else {
        draft
            .summary(format!("{hosts} no image {name}."))
            .meaning("The network is open, and the tag or digest is wrong, was never pushed, or was deleted by a lifecycle rule.")
    };
    let draft = if is_worded || is_blob { draft } else { draft.likely([FindingId::RepositoryNotFound]) };
    draft.fixes(image.map(show)).fix(aws::step("correct the image in the task definition, or push it")).finding()
}

/// The images that there are.
fn show(image: &ImageRef) -> Fix {
    let Some(ecr) = &image.ecr else {
        return aws::step("see which tags the repository has, where its registry shows them");
    };
    aws::command(
        "see which images the repository has",
        ecr.region.as_str(),
        format!(
            "ecr describe-images --registry-id {} --repository-name {} --query \
             'reverse(sort_by(imageDetails,&imagePushedAt))[:9].[imagePushedAt,imageDigest,imageTags]'",
            shaped::word_or(Some(&ecr.account), "$ACCOUNT"),
            shaped::word_or(Some(&image.repository), "$REPO")
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::Certainty;
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_tag_that_is_not_there_is_an_image_not_found() {
        assert_scenes(&[
            (
                "in the registry's words",
                "ecr.dkr dns=10.0.1.7\nmanifest manifest-head=404 manifest=404/MANIFEST_UNKNOWN/Requested~image~not~found",
                "error image-not-found manifest",
            ),
            (
                "by HEAD alone",
                "ecr.dkr dns=10.0.1.7\nmanifest manifest-head=404 manifest=below",
                "error image-not-found manifest",
            ),
            (
                "two blobs of one image",
                "ecr.dkr dns=10.0.1.7\nlayers layer-blob=404/BLOB_UNKNOWN/x layer-blob=404/BLOB_UNKNOWN/x",
                "error image-not-found layers",
            ),
            (
                "a blob that the store lacks",
                "ecr.dkr dns=10.0.1.7\ns3 dns=52.219.1.1\nlayers layer-blob=redirect layer=404/NoSuchKey/x",
                "error image-not-found layers",
            ),
            (
                "405 to HEAD is how some registries are",
                "hub dns=52.1.1.1\nmanifest hub manifest-head=405 manifest=manifest:1*9",
                "",
            ),
        ]);
        let certainty = |scene| judge(scene).findings.remove(0).certainty;
        assert_eq!(certainty("ecr.dkr dns=10.0.1.7\nmanifest manifest-head=404"), Certainty::Likely);
        assert_eq!(certainty("ecr.dkr dns=10.0.1.7\nmanifest manifest=404/MANIFEST_UNKNOWN/x"), Certainty::Certain);
    }
}
