//! What the runs are called, that they are different ones, and what hinders comparing them.

use std::path::Path;

use super::headline::Nouns;
use super::{Given, Known, Named};
use crate::inputs::{Inputs, Limits, shown};
use crate::report::Report;

/// A name for every run: the given one, else the subnet's range, else the file's name. No two are the same.
pub(super) fn names(given: &[Given]) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = given.iter().map(first_choice).collect();
    let is_taken = |names: &[String], at: usize| names.iter().filter(|name| **name == names[at]).count() > 1;
    let taken: Vec<usize> = (0..names.len()).filter(|at| is_taken(&names, *at)).collect();
    for at in taken.into_iter().filter(|at| given[*at].name.is_none()) {
        names[at].clone_from(&given[at].file);
    }
    match (0..names.len()).find(|at| is_taken(&names, *at)) {
        Some(at) => Err(format!("two runs are called {}: give each a name of its own, NAME=REPORT", shown(&names[at]))),
        None => Ok(names),
    }
}

fn first_choice(given: &Given) -> String {
    let of_report = || match &given.known {
        Known::Report(report) => report.vantage.subnet_cidr.map(|cidr| cidr.to_string()),
        Known::ExitCode(_) | Known::NotStarted(_) => None,
    };
    let of_file = || match given.file.as_str() {
        "-" => "standard input".to_owned(),
        path => Path::new(path).file_name().map_or(path.to_owned(), |name| name.to_string_lossy().into_owned()),
    };
    given.name.clone().or_else(of_report).unwrap_or_else(of_file)
}

/// One run given twice would count twice.
pub(super) fn all_different_runs(given: &[Given]) -> Result<(), String> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for given in given {
        let Known::Report(report) = &given.known else { continue };
        let id = report.run.id.as_str();
        if let Some((_, other)) = seen.iter().find(|(known, _)| *known == id) {
            return Err(format!(
                "report {}: it is of the same run as {} (id {})",
                shown(&given.file),
                shown(other),
                shown(id)
            ));
        }
        seen.push((id, &given.file));
    }
    Ok(())
}

/// What the reader must know before the runs are compared.
pub(super) fn notes(reports: &[Named<'_>], given: &[Given], nouns: Nouns) -> Vec<String> {
    let unseen = given.iter().filter_map(|given| given.unseen.as_deref());
    let mut notes: Vec<String> = unseen.map(|why| format!("judged without the operator's view: {why}")).collect();
    let Some((first, others)) = reports.split_first() else { return notes };
    let unlike: Vec<&str> =
        others.iter().filter(|other| asked(other.report) != asked(first.report)).map(|other| other.name).collect();
    if !unlike.is_empty() {
        notes.push(format!(
            "the runs were not asked the same: the inputs of {} differ from those of {}, so not every step of one {} \
             was examined in the other",
            unlike.join(", "),
            first.name,
            nouns.one()
        ));
    }
    notes
}

/// What a run was asked, without how patient it was and where its roots came from.
fn asked(report: &Report) -> Inputs {
    let limits = Limits::default();
    Inputs { limits, ca_bundle: None, roots: None, strict: false, ..report.inputs.clone() }
}
