//! Scenes: a plan and an observation history in a few lines of text, the expected judgement beside them.
//!
//! A line a check: `ID word word …`. Ids are those of `known`, or any `HOST:PORT` (an extra endpoint). Words:
//!
//! - `dns=X` what every resolver says, `cfg=X` the configured one (10.0.0.2), `cfg2=X` a second one, `vpc=X` the VPC's own. X is
//!   a list of addresses, or `nxdomain`, `empty`, `servfail`, `refused`, `silent`, `no-port`, `wrong`, `unreachable`,
//!   `our-fault`, `deadline`. Without any, `dns=10.0.9.9`. Families are told by the addresses; `aaaa-silent` makes every AAAA question stay silent.
//! - `ADDRESS=Y` what came of an address: `ok` (the default for every address answered), `silent`, `refused`, `unreachable`,
//!   `our-fault`, `deadline`, `lost` (only a second socket connects; `silent/refused` is what came of the first and of the second),
//!   `too-many` (no socket was left), `slow`; `tls-silent`, `tls-reset`, `tls-closed`,
//!   `tls-alert`, `tls-unnamed` (the alert for an unknown name), `tls-broken`, `tls-not-tried`, `not-tls`; `untrusted`,
//!   `untrusted-wrong`, `untrusted-expired`, `bundle`, `wrong-name`, `expired`, `not-yet` (by a day); `http-silent`,
//!   `http-reset`, `http-closed`, `http-endless-head`, `not-http`; a status such as `503` with the service's marks,
//!   `proxy-503`, `proxy-auth`, `html`, `via`, `success`, `endless-body`, `unfamiliar`, `throttling`, `no-date`, `skewed`
//!   (healthy, `Date` ten minutes ahead), `date-900` (so many seconds off). Words for several rungs are joined by commas.
//! - `ADDRESS+short=Y` the same for a variation: `+short`, `+small`, `+other`, `+noname`, joined as in `+short+small`.
//! - `optional`, `expect=private`, `region=us-west-2`, `tcp` (no TLS).
//! - `addresses=CIDR,…`, `issuers=NAME,…` (`_` for a space), `connect-ms=50` and the like: what a file of expectations asserts.
//!
//! A line `STEP REQUEST=Z …` is a step of the replay, with its requests in their order; see `testing/step.rs`. A line
//! `replay …` changes how it goes.
//!
//! A line `place …` changes the place: `ipv6=ADDRESS`, `ipv6-only=ADDRESS`, `vpc-cidr=CIDR`, `outside` (not in a VPC), `unread`, `subnet6=CIDR`,
//! `proxy=URL`.

mod outcome;
mod scene;
mod step;
mod view;

use super::{Ended, Finding, Judgement, diagnose};
pub use scene::Scene;
pub use view::{assert_settled, judge_by};

/// What a scene comes to.
pub fn judge(text: &str) -> Judgement {
    let scene = Scene::read(text);
    diagnose(&scene.plan, &scene.observations, Ended::Completed, None)
}

/// `error connection-refused ecr.api logs`, a line a finding.
pub fn told(text: &str) -> String {
    judge(text).findings.iter().map(told_of).collect::<Vec<_>>().join("\n")
}

fn told_of(finding: &Finding) -> String {
    let severity = format!("{:?}", finding.severity).to_lowercase();
    let id = serde_json::to_string(&finding.id).unwrap();
    let checks: Vec<_> = finding.checks.iter().map(|id| id.0.as_str()).collect();
    format!("{severity} {} {}", id.trim_matches('"'), checks.join(" ")).trim_end().to_owned()
}

/// Each row: what it is about, the scene, and the findings a line each.
#[track_caller]
pub fn assert_scenes(table: &[(&str, &str, &str)]) {
    for (about, scene, expected) in table {
        let expected: Vec<_> = expected.lines().map(str::trim).collect();
        let told = told(scene);
        assert_eq!(told.lines().collect::<Vec<_>>(), expected, "{about}\n{scene}");
    }
}
