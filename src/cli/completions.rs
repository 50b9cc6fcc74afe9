//! `livegate completions`: a script that lets a shell complete commands and options.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, NAME, Outcome, say_raw};

/// Print a script that lets a shell complete commands and options
///
/// bash: livegate completions bash > ~/.local/share/bash-completion/completions/livegate
/// zsh: livegate completions zsh > _livegate, in a folder of $fpath
/// fish: livegate completions fish > ~/.config/fish/completions/livegate.fish
///
/// Example: livegate completions bash
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> Outcome {
        say_raw(&script(self.shell));
        Outcome::Done
    }
}

fn script(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut text);
    String::from_utf8_lossy(&text).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_completes_every_command() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for command in Cli::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
            assert!(script.contains("take-9004"), "{shell}");
        }
    }
}
