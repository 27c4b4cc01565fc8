//! Writes what is generated: the shell completions and the man page from the command line's own tree, the documents'
//! schemas from their types, the README's table of findings. Used by `scripts/generate`.

use std::path::Path;

use clap_complete::{Shell, generate_to};
use clap_mangen::Man;
use vpcprobe::diagnosis::FindingId;
use vpcprobe::edge::args;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("usage: pages FOLDER");
    let folder = Path::new(&folder);
    std::fs::write(folder.join("report.schema.json"), vpcprobe::report::schema::made())?;
    std::fs::write(folder.join("merged.schema.json"), vpcprobe::merge::schema::made())?;
    std::fs::write(folder.join("diff.schema.json"), vpcprobe::diff::schema::made())?;
    std::fs::write(folder.join("findings.table"), findings())?;
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
