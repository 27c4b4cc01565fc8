//! Writes what is generated: the shell completions and the man page from the command line's own tree, the documents'
//! schemas from their types, the README's table of findings, an example of a report. Used by `scripts/generate`.

use std::path::Path;

use clap_complete::{Shell, generate_to};
use clap_mangen::Man;
use vpcprobe::diagnosis::FindingId;
use vpcprobe::edge::args;
use vpcprobe::report::{Report, html, parse};
use vpcprobe::vpc::Vpc;
use vpcprobe::{app, plan};

/// The field situation that the example shows: it has a pull, and the operator's view.
const EXAMPLE: &str = include_str!("../tests/cases/layers-io-timeout-while-manifest-works.json");

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("usage: pages FOLDER");
    let folder = Path::new(&folder);
    std::fs::write(folder.join("report.schema.json"), vpcprobe::report::schema::made())?;
    std::fs::write(folder.join("merged.schema.json"), vpcprobe::merge::schema::made())?;
    std::fs::write(folder.join("diff.schema.json"), vpcprobe::diff::schema::made())?;
    std::fs::write(folder.join("expectations.schema.json"), vpcprobe::inputs::expectations::format::made())?;
    std::fs::write(folder.join("findings.table"), findings())?;
    std::fs::write(folder.join("examples/report.html"), html::render(&example()))?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut args::command(), "vpcprobe", folder.join("completions"))?;
    }
    let mut page = Vec::new();
    let command = args::command();
    Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands() {
        let name: &'static str = format!("vpcprobe {}", subcommand.get_name()).leak();
        let man = Man::new(subcommand.clone().name(name));
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    std::fs::write(folder.join("vpcprobe.1"), page)
}

/// The stored report by today's rules; what made it stays as it was, so that a commit does not change it.
fn example() -> Report {
    let case: serde_json::Value = serde_json::from_str(EXAMPLE).expect("a case is JSON");
    let stored = parse(&case["report"].to_string()).expect("a case has a report");
    let vpc = Vpc::read(&case["network"].to_string()).expect("the example has a view");
    let plan = plan::plan(&stored.inputs, &stored.vantage).expect("its inputs make a plan");
    let tool = stored.tool.clone();
    let judged = app::judge_again(stored, &plan, Some(&vpc)).expect("it is judged again");
    Report { tool, ..judged }
}

/// The table of findings, as the README shows it.
fn findings() -> String {
    let row = |id: &FindingId| {
        let ones = match id.ones() {
            0 => "–".to_owned(),
            ones => ones.to_string(),
        };
        format!("| `{id}` | {} | {ones} |\n", id.title())
    };
    let rows: String = FindingId::ALL.iter().map(row).collect::<Vec<_>>().concat();
    format!("| finding | what was seen | ones |\n|---|---|---|\n{rows}")
}
