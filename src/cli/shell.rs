//! What shells and `man` read: made from the definitions of the arguments, so that it is never out of
//! date.

use super::command;
use anyhow::{Context, Result};
use clap::Args;
use clap_complete::Shell;
use clap_mangen::Man;
use std::io::{self, Write};

/// Print the completions of a shell
///
/// Put them where the shell looks for them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  retold completions bash > ~/.local/share/bash-completion/completions/retold
  retold completions zsh > ~/.zfunc/_retold
  retold completions fish > ~/.config/fish/completions/retold.fish")]
pub(super) struct CompletionsArgs {
    /// The shell to print them for
    shell: Shell,
}

/// Print a page of the manual, as roff
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  retold man | man -l -
  retold man compare | man -l -
  retold man cluster > ~/.local/share/man/man1/retold-cluster.1")]
pub(super) struct ManArgs {
    /// The command it is about [default: all of them, in short]
    #[arg(value_name = "COMMAND", value_parser = COMMANDS)]
    command: Option<String>,
}

/// The commands that have a page.
const COMMANDS: [&str; 7] =
    ["cluster", "dedup", "compare", "extract", "eval", "completions", "man"];

pub(super) fn completions(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "retold", &mut script);
    print(&script)
}

pub(super) fn man(args: &ManArgs) -> Result<()> {
    let mut all = command();
    all.build();
    let page_of = match &args.command {
        None => all,
        Some(name) => all.find_subcommand(name).context("no such command")?.clone(),
    };
    let mut page = Vec::new();
    Man::new(page_of).render(&mut page)?;
    print(&page)
}

/// At once, so that a reader who goes away early is none of the makers' concern.
fn print(bytes: &[u8]) -> Result<()> {
    Ok(io::stdout().lock().write_all(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let all = command();
        let mut names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
        names.sort_by_key(|name| COMMANDS.iter().position(|known| known == name));
        assert_eq!(names, COMMANDS);
    }
}
