//! `resolvers-disagree`: two resolvers differ in a way that changes where packets go.

use std::net::IpAddr;

use crate::diagnosis::case::{Asked, Class, Name, View};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::plan::Route;

/// Take the missing names, and the silence of addresses that only one of them gives.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let hit: Vec<_> = case.subjects().filter(|view| differs(case, view)).collect();
    if hit.is_empty() {
        return Vec::new();
    }
    let taken = ledger.take(|trouble| differs(case, trouble.view) && follows(trouble));
    let mut draft = Draft::new(FindingId::ResolversDisagree, case, &taken).at_least_warning();
    for view in &hit {
        draft = draft.about(view, view.asked.iter().flat_map(Asked::seen));
    }
    let draft = draft.summary(format!("The resolvers differ: {}.", words::list(hit.iter().map(|view| answers(view)))));
    let draft = if case.plan.place.inside_vpc { in_the_vpc(case, draft) } else { outside(draft) };
    vec![draft.finding()]
}

fn in_the_vpc<'c>(case: &Case<'_>, draft: Draft<'c>) -> Draft<'c> {
    draft
        .meaning(
            "What works depends on who is asked; the platform follows the configured resolvers (the VPC's DHCP options), \
             and records that are kept by hand on one of them go stale.",
        )
        .fix(aws::step("let the configured resolver forward these names to the VPC's own, or give both the same records"))
        .fixes(aws::use_amazon_dns(case.plan))
}

fn outside(draft: Draft<'_>) -> Draft<'_> {
    draft
        .meaning("What works depends on who is asked first, and records that are kept by hand on one of them go stale.")
        .fix(aws::step("give these resolvers the same records, or configure only the one that is right"))
}

fn answers(view: &View<'_>) -> String {
    let one = |asked: &Asked<'_>| format!("{} gives {}", asked.resolver.address, given(&asked.name()));
    format!("for {} {}", view.check.host, words::list(view.asked.iter().map(one)))
}

fn given(name: &Name<'_>) -> String {
    match name {
        Name::Addresses(addresses) | Name::Nowhere(addresses) => words::list(addresses),
        Name::NotFound(_) => "NXDOMAIN".to_owned(),
        Name::Empty(_) => "no address".to_owned(),
        Name::Failure(code) => (*code).to_owned(),
        Name::Silent(_) => "no answer".to_owned(),
        Name::NotLooked => "an unknown answer".to_owned(),
    }
}

fn differs(case: &Case<'_>, view: &View<'_>) -> bool {
    view.check.expect != Route::Blocked
        && !view.is_bypassed(case.plan)
        && (names_and_not(view) || private_and_not(case, view) || stale(view))
}

/// One gives an address, another says that there is none.
fn names_and_not(view: &View<'_>) -> bool {
    let heard = || view.asked.iter().filter(|asked| asked.bears || view.check.region.is_some()).map(Asked::name);
    let mut none = heard().filter(|name| matches!(name, Name::NotFound(_) | Name::Empty(_) | Name::Nowhere(_)));
    let any = view.asked.iter().any(|asked| matches!(asked.name(), Name::Addresses(_)));
    none.next().is_some() && any
}

fn private_and_not(case: &Case<'_>, view: &View<'_>) -> bool {
    let named = view.asked.iter().map(|asked| asked.classes(case.plan)).filter(|classes| !classes.is_empty());
    let private: Vec<_> = named.map(|classes| classes.contains(&Class::Private)).collect();
    private.contains(&true) && private.contains(&false)
}

/// Both give private addresses, not one in common, and those of one are all dead while those of the other live.
fn stale(view: &View<'_>) -> bool {
    let answers: Vec<_> = view.asked.iter().map(Asked::addresses).filter(|answer| !answer.is_empty()).collect();
    let lives = |answer: &Vec<IpAddr>| {
        view.peers
            .iter()
            .any(|peer| peer.class == Class::Private && answer.contains(&peer.address.ip()) && peer.connected())
    };
    let dead = answers.iter().find(|answer| !lives(answer));
    let live = answers.iter().find(|answer| lives(answer));
    dead.zip(live).is_some_and(|(dead, live)| !dead.iter().any(|ip| live.contains(ip)))
}

fn follows(trouble: &Trouble<'_>) -> bool {
    match trouble.stage {
        Stage::Name(_) => trouble.name().is_some_and(|name| !matches!(name, Name::Failure(_))),
        Stage::Connect(peer) => !given_by_all(trouble.view, peer.ip()),
        Stage::Resolver(_)
        | Stage::Handshake(_)
        | Stage::Certificate(_)
        | Stage::Exchange(_)
        | Stage::Answer(_)
        | Stage::Route
        | Stage::Slow
        | Stage::Step => false,
    }
}

fn given_by_all(view: &View<'_>, ip: IpAddr) -> bool {
    let mut answers = view.asked.iter().map(Asked::addresses).filter(|answer| !answer.is_empty()).peekable();
    let several = view.asked.iter().filter(|asked| !asked.addresses().is_empty()).count() > 1;
    !several || answers.all(|answer| answer.contains(&ip))
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    #[test]
    fn outside_a_vpc_none_of_its_resolvers_is_advised() {
        let found = judge("place outside\necr.api cfg=10.0.1.5 cfg2=18.1.1.1 vpc=silent").findings.remove(0);
        let text = format!("{:?} {}", found.fix, found.meaning);
        assert!(found.summary.starts_with("The resolvers differ") && !text.contains("VPC"), "{found:#?}");
    }

    #[test]
    fn a_difference_that_changes_the_way_is_told() {
        assert_scenes(&[
            (
                "the configured one has records of its own",
                "ecr.api cfg=10.0.1.5 vpc=18.1.1.1 18.1.1.1=silent",
                "warning resolvers-disagree ecr.api",
            ),
            ("the configured one says no", "ecr.api cfg=nxdomain vpc=18.1.1.1", "error resolvers-disagree ecr.api"),
            (
                "a stale record",
                "ecr.api cfg=10.0.1.77 vpc=10.0.1.5 10.0.1.77=silent",
                "error resolvers-disagree ecr.api",
            ),
            ("S3's addresses rotate", "s3 cfg=52.219.1.1 vpc=52.219.2.2", ""),
            ("a name that is the company's own", "db.corp.example:5432 tcp cfg=10.9.1.1 vpc=nxdomain", ""),
        ]);
    }
}
