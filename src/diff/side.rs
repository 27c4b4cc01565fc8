//! One side of a comparison, cut down to what is compared.

use std::net::IpAddr;

use super::sights::{Sights, sights};
use super::{Side, SideRun};
use crate::diagnosis::{Class, FindingId, ObservedRoute, Pull, Severity, Verdict, is_private_range};
use crate::inputs::{Inputs, Vantage};
use crate::merge::{self, RunCheck};
use crate::plan::{CheckId, Plan};
use crate::report::text::notes::platform;
use crate::report::{Report, is_aside};

/// One side: a run, or several.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) file: String,
    pub(super) is_merged: bool,
    pub(super) written_by: String,
    pub(super) runs: Vec<Run>,
}

/// One run.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub name: Option<String>,
    pub run_id: Option<String>,
    pub started_at: Option<String>,
    pub verdict: Verdict,
    pub headline: String,
    pub region: Option<String>,
    pub account: Option<String>,
    pub subnet: Option<String>,
    pub platform: Option<&'static str>,
    pub resolvers: Vec<String>,
    pub identity: Option<String>,
    /// None of a merged run.
    pub inputs: Option<Box<Inputs>>,
    pub is_strict: bool,
    /// Whether the operator's view of the VPC judged it.
    pub viewed: bool,
    pub checks: Vec<Seen>,
    pub findings: Vec<Found>,
    pub pulls: Vec<Pull>,
    /// How many rounds there were, how many of them failed, how many were inconclusive.
    pub watched: Option<[u64; 3]>,
}

/// One check of a run.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub check: RunCheck,
    /// Asked only to learn something of the way: it neither breaks nor heals.
    pub is_aside: bool,
    /// None of a merged run.
    pub sights: Option<Box<Sights>>,
}

/// One finding of a run.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub id: FindingId,
    pub severity: Severity,
    pub checks: Vec<CheckId>,
    pub summary: String,
}

impl Document {
    /// One run, from its report and the plan that its inputs make; `written_by` is the version that made it first.
    pub fn of_report(file: &str, report: Report, plan: &Plan, written_by: &str) -> Self {
        let mut sights = sights(&report, plan);
        let listed = merge::checks(&report).into_iter().zip(&report.checks);
        let checks = listed.map(|(check, result)| Seen {
            sights: sights.remove(&check.id).map(Box::new),
            is_aside: is_aside(result),
            check,
        });
        let checks = checks.collect();
        let found = report.findings.iter().map(|finding| Found {
            id: finding.id,
            severity: finding.severity,
            checks: finding.checks.clone(),
            summary: finding.summary.clone(),
        });
        let run = Run {
            run_id: Some(report.run.id.clone()),
            started_at: Some(report.run.started_at.clone()),
            region: Some(report.inputs.region.as_str().to_owned()),
            is_strict: report.inputs.strict,
            viewed: report.network.is_some(),
            checks,
            findings: found.collect(),
            watched: report.watch.as_ref().map(|watch| [watch.rounds, watch.failed, watch.inconclusive]),
            ..Run::at(Some(&report.vantage), report.verdict, report.headline)
        };
        let account = report.inputs.account.clone().or(run.account);
        let run = Run { account, pulls: report.pulls, inputs: Some(Box::new(report.inputs)), ..run };
        Self { file: file.to_owned(), is_merged: false, written_by: written_by.to_owned(), runs: vec![run] }
    }

    /// What the comparison says of it.
    pub(super) fn side(&self) -> Side {
        let of = |run: &Run| SideRun {
            name: run.name.clone(),
            run_id: run.run_id.clone(),
            started_at: run.started_at.clone(),
            verdict: run.verdict,
            headline: run.headline.clone(),
        };
        Side {
            file: self.file.clone(),
            tool_version: self.written_by.clone(),
            runs: self.runs.iter().map(of).collect(),
        }
    }
}

impl Run {
    /// A run that stood there, of which nothing else is known yet.
    pub(super) fn at(vantage: Option<&Vantage>, verdict: Verdict, headline: String) -> Self {
        let none = Vantage::default();
        let known = vantage.unwrap_or(&none);
        // arn:PARTITION:ecs:REGION:ACCOUNT:task/…
        let account = known.task_arn.as_deref().and_then(|arn| arn.split(':').nth(4));
        Self {
            name: None,
            run_id: None,
            started_at: None,
            verdict,
            headline,
            region: known.region.clone(),
            account: account.map(str::to_owned),
            subnet: known.subnet_cidr.map(|cidr| cidr.to_string()),
            platform: vantage.map(|vantage| platform(vantage.kind)),
            resolvers: known.nameservers.iter().map(|at| at.ip().to_string()).collect(),
            identity: known.identity_arn.clone(),
            inputs: None,
            is_strict: false,
            viewed: false,
            checks: Vec::new(),
            findings: Vec::new(),
            pulls: Vec::new(),
            watched: None,
        }
    }
}

impl Seen {
    /// Whether it fetches an image's layers, which come from another host than the registry's.
    pub(super) fn is_layers(&self) -> bool {
        self.check.id.0.starts_with("layers:")
    }

    /// The kind of one of its addresses. Of a merged run only the ranges tell, and the route of a ladder: its endpoint may
    /// have addresses of a public range, alone or, of IPv6, beside private ones.
    pub(super) fn class(&self, ip: IpAddr) -> Option<Class> {
        if let Some(sights) = &self.sights {
            return sights.kinds.get(&ip).copied();
        }
        let is_private = |ip: &IpAddr| is_private_range(ip.to_canonical());
        let is_endpoints = self.check.observed_route == ObservedRoute::Private && !self.is_layers();
        Some(match ip.to_canonical() {
            ip if ip.is_unspecified() || ip.is_loopback() => Class::Nowhere,
            ip if is_private(&ip) => Class::Private,
            ip if is_endpoints && (ip.is_ipv6() || !self.check.addresses.iter().any(is_private)) => Class::Private,
            _ => Class::Public,
        })
    }
}

impl From<RunCheck> for Seen {
    fn from(check: RunCheck) -> Self {
        let id = check.id.0.as_str();
        let is_aside = id.starts_with("control:") || !check.required && matches!(id, "sts" | "identity");
        Self { is_aside, check, sights: None }
    }
}
