//! The rules, most particular first: one file a rule, its words, its fix, its table test.
//!
//! A rule is a function `find(case, ledger) -> Vec<Finding>`. The [`Ledger`] holds every [`Trouble`](super::ledger::Trouble)
//! of the run that still needs a cause: a check, a [`Stage`](super::ledger::Stage) of the ladder, the fault, the
//! observations that show it. A rule
//!
//! 1. takes what it explains: `let taken = ledger.take(|trouble| …)`. Taken troubles are not offered to later rules, so
//!    a cause takes its dependents with it. What nobody takes becomes `unexplained`;
//! 2. returns nothing if it took nothing;
//! 3. drafts one finding a cause, all its checks folded in: [`Draft::new`](super::draft::Draft::new)`(id, case, &taken)`
//!    fills in severity (error where a required check fails by a trouble), purposes, checks, evidence and the stop reason
//!    of ECS; the rule adds certainty (`likely`, `possible`, with the alternatives), the sentences and the fixes.
//!
//! `trouble.view` is everything seen of the check, `trouble.peer()` everything seen of the address (ordinary attempts and
//! variations: `peer.variation(&[Change::ShortHello])`), `case` the run as a whole (`case.way_out()`). Commands come from
//! [`aws`](super::aws), lists of hosts and times from [`words`](super::words). A finding that nothing went wrong for (an
//! `info`) is a draft of no troubles with `.about(view, evidence)`. Controls and the own name are in no ledger; of
//! what is there and not required, a finding is a warning.
//!
//! Of a replayed step each request that failed is a trouble of its own ([`Stage::Step`](super::ledger::Stage)): what its answer
//! means is `reading::of(trouble)`, read from AWS's own words. Nothing of those gets into a command but by `shaped`.
//!
//! To add a rule: one file in `rules/`, its `mod` line, and its place in `RULES`. Its test is a table of scenes: see
//! [`testing`](super::testing).

mod access_denied;
mod all_endpoints_silent;
mod clock_skew;
mod connection_refused;
mod credentials_missing;
mod credentials_rejected;
mod custom_resolver_bypasses_private_dns;
mod custom_resolver_silent;
mod denied;
mod egress_filtered;
mod endpoint_address_silent;
mod endpoint_not_in_effect;
mod endpoint_policy_denies;
mod endpoint_silent;
mod grouped;
mod identity_policy_denies;
mod image_not_found;
mod layer_corrupt;
mod layers_denied;
mod layers_in_another_region;
mod layers_unreachable;
mod log_group_not_found;
mod missing;
mod name_not_found;
mod name_without_address;
mod no_local_route;
mod no_way_out;
mod other_policy_denies;
mod path_mtu;
mod platform_missing;
mod proxy_set;
mod public_registry_unreachable;
mod public_route;
mod redundant_route;
mod repository_not_found;
mod resolver_failure;
mod resolvers_disagree;
mod resource_policy_denies;
mod route_undetermined;
mod secret_not_found;
mod service_error;
mod slow_path;
mod throttled;
mod tls_expired;
mod tls_intercepted;
mod tls_large_hello_dropped;
mod tls_name_filtered;
mod tls_refused;
mod tls_reset;
mod tls_silent;
mod tls_wrong_name;
mod transfer_stalled;
mod tried;
mod unexpected_answer;
mod unexpected_route;
mod unexplained;
mod unproved;
mod vpc_resolver_silent;
mod zones;

use super::ledger::Ledger;
use super::{Case, Finding};

type Rule = for<'c> fn(&'c Case<'c>, &mut Ledger<'c>) -> Vec<Finding>;

const RULES: &[Rule] = &[
    vpc_resolver_silent::find,
    custom_resolver_silent::find,
    custom_resolver_bypasses_private_dns::find,
    resolvers_disagree::find,
    name_not_found::find,
    name_without_address::find,
    resolver_failure::find,
    clock_skew::find,
    connection_refused::find,
    no_local_route::find,
    all_endpoints_silent::find,
    endpoint_address_silent::find,
    layers_in_another_region::find,
    public_registry_unreachable::find,
    egress_filtered::find,
    layers_unreachable::find,
    endpoint_not_in_effect::find,
    no_way_out::find,
    endpoint_silent::find,
    path_mtu::find,
    tls_large_hello_dropped::find,
    tls_name_filtered::find,
    tls_reset::find,
    tls_silent::find,
    tls_refused::find,
    tls_intercepted::find,
    tls_wrong_name::find,
    tls_expired::find,
    credentials_rejected::find,
    layers_denied::find,
    endpoint_policy_denies::find,
    identity_policy_denies::find,
    resource_policy_denies::find,
    other_policy_denies::find,
    access_denied::find,
    repository_not_found::find,
    image_not_found::find,
    platform_missing::find,
    log_group_not_found::find,
    secret_not_found::find,
    layer_corrupt::find,
    transfer_stalled::find,
    throttled::find,
    service_error::find,
    unexpected_answer::find,
    public_route::find,
    route_undetermined::find,
    unexpected_route::find,
    slow_path::find,
    unexplained::find,
    credentials_missing::find,
    proxy_set::find,
    redundant_route::find,
    unproved::find,
];

/// Everything the rules find.
pub fn findings<'c>(case: &'c Case<'c>) -> Vec<Finding> {
    let mut ledger = Ledger::new(case);
    RULES.iter().flat_map(|rule| rule(case, &mut ledger)).collect()
}
