//! `repository-not-found`: NAME_UNKNOWN: the registry answers, and has no such repository.

use super::{grouped, missing};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::Missing;
use crate::diagnosis::{Case, Finding, FindingId, aws, shaped, words};

/// Take it, a finding a repository.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = missing::take(ledger, |missing| missing == Missing::Repository);
    let groups =
        grouped::by(taken, |trouble| missing::image(std::slice::from_ref(trouble)).map(|image| &image.repository));
    groups.iter().map(|(_, taken)| finding(case, taken)).collect()
}

fn finding<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Finding {
    let image = missing::image(taken);
    let name = image.map(|image| words::quoted(&image.repository)).unwrap_or_default();
    let draft = Draft::new(FindingId::RepositoryNotFound, case, taken)
        .summary(format!("{} no repository {name}.", words::hosts_say(taken, "answers, and has", "answer, and have")))
        .meaning(
            "The network is open, and the name is wrong, or of another account or Region, or not for everybody to see.",
        );
    let Some((image, ecr)) = image.and_then(|image| Some((image, image.ecr.as_ref()?))) else {
        return draft.fix(aws::step("correct the image in the task definition")).finding();
    };
    let account = shaped::word_or(Some(&ecr.account), "$ACCOUNT");
    draft
        .fix(aws::command(
            format!(
                "see which repositories the account {account} has in {}, and correct the image in the task definition",
                ecr.region
            ),
            ecr.region.as_str(),
            format!("ecr describe-repositories --registry-id {account} --query 'repositories[].repositoryName'"),
        ))
        .fix(aws::command(
            "or create it, and push the image",
            ecr.region.as_str(),
            format!("ecr create-repository --repository-name {}", shaped::word_or(Some(&image.repository), "$REPO")),
        ))
        .fix(aws::step(
            "where a pull-through cache rule should make it: the role needs ecr:CreateRepository and \
             ecr:BatchImportUpstreamImage, and the first pull a way out of the VPC",
        ))
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn a_repository_that_is_not_there_is_told_from_an_image() {
        let scene = "ecr.dkr dns=10.0.1.7
                     manifest manifest-head=404 manifest=404/NAME_UNKNOWN/The~repository~does~not~exist
                     layers layer-blob=below";
        assert_scenes(&[("HEAD has no words", scene, "error repository-not-found manifest")]);
        let judged = judge(scene);
        assert_eq!(judged.exit_code, 47);
        assert_eq!(
            judged.findings[0].fix[1].command.as_deref(),
            Some("aws ecr create-repository --repository-name shop/web --region ap-northeast-1")
        );
        assert!(judged.findings[0].ecs_error.as_ref().unwrap().ends_with("/shop/web:7: not found"));
    }
}
