//! `transfer-stalled`: a layer is asked for, and its bytes stop coming, or never begin to.

use super::layer_corrupt::what;
use super::missing;
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::diagnosis::reading::{self, Reading};
use crate::diagnosis::{Case, Finding, FindingId, aws, words};
use crate::observation::Held;

/// Take it, a finding a host.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = ledger.take(is_stalled);
    let groups = super::grouped::by(taken, Trouble::host);
    groups.iter().map(|(_, taken)| finding(case, taken)).collect()
}

fn is_stalled(trouble: &Trouble<'_>) -> bool {
    // Over a ladder that works: where nothing connects, the ladder's trouble says why.
    let is_of_layer = trouble.stage == Stage::Step && reading::part(trouble).is_some_and(reading::is_of_layer_host);
    let is_wordless = trouble.fault.is_some_and(crate::observation::Fault::is_wordless);
    is_of_layer && is_wordless || reading::of(trouble) == Some(Reading::Stalled)
}

fn finding<'c>(case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Finding {
    let image = missing::image(taken).map(|image| words::quoted(&image.reference)).unwrap_or_default();
    Draft::new(FindingId::TransferStalled, case, taken)
        .likely([FindingId::PathMtu])
        .summary(format!(
            "{} of {image} from {} ({}) {}.",
            words::capital(&what(taken)),
            words::hosts(taken),
            words::peers(taken),
            taken.first().map(came).unwrap_or_default()
        ))
        .meaning(
            "Connection and handshake work, and what follows does not come: full-size packets are lost on the way (MTU), a firewall \
             or proxy holds the transfer back to inspect it, or a NAT device has lost the connection.",
        )
        .fix(aws::step("see the limits and the load of what stands on the way (firewall, proxy, NAT instance, VPN, transit gateway)"))
        .fix(aws::step("let the layers go by S3's gateway endpoint, which has none of these on its way"))
        .tell_apart("Small answers that come and long ones that do not are a matter of the MTU: try again with --layers full from a host before and behind what stands on the way.")
        .finding()
}

fn came(trouble: &Trouble<'_>) -> String {
    let held = trouble.evidence.first().and_then(|seen| seen.response()?.held.as_ref());
    match (held, trouble.fault) {
        (Some(Held::Transfer(transfer)), _) => {
            format!("stops after {} of {} bytes", transfer.bytes, transfer.wanted_bytes)
        }
        (_, Some(fault)) => format!("does not come: {fault}"),
        _ => "does not come".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    const BEFORE: &str = "ecr.dkr dns=10.0.1.7\ns3 dns=52.219.1.1\nlayers layer-blob=redirect ";

    #[test]
    fn bytes_that_stop_or_never_begin_are_a_stall() {
        assert_scenes(&[
            ("they stop", &format!("{BEFORE}layer=bytes:5/9/9,stalled"), "error transfer-stalled layers"),
            ("they never begin", &format!("{BEFORE}layer=silent"), "error transfer-stalled layers"),
            ("reset", &format!("{BEFORE}layer=reset layer=closed"), "error transfer-stalled layers"),
            (
                "from the registry itself",
                "ecr.dkr dns=10.0.1.7\nlayers layer-blob=bytes:5/9/9,stalled",
                "error transfer-stalled layers",
            ),
            (
                "the registry's own silence is not a layer's",
                "ecr.dkr dns=10.0.1.7\nlayers layer-blob=silent",
                "error unexplained layers",
            ),
        ]);
        let judged = judge(&format!("{BEFORE}layer=bytes:5/9/9,stalled"));
        assert_eq!(judged.exit_code, 58);
        assert!(judged.findings[0].summary.ends_with("stops after 5 of 9 bytes."), "{}", judged.findings[0].summary);
    }
}
