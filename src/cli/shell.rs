//! `livegate shell`: a prompt for actions, with completion and history.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::answer_text::Form;
use super::gateway_args::{GatewayArgs, SignedIn, Target};
use super::send::CLIENT_FOLDER;
use super::{Outcome, State, request_words, say, secret, shown, warn};
use crate::client::Client;
use crate::client::known_trails::Contradiction;
use crate::command::{Action, catalogue};

/// Type actions at a prompt.
///
/// Tab completes actions, parameters and track names; the arrow keys recall earlier lines; Ctrl-D ends it.
///
/// Example: livegate shell --gateway studio
#[derive(Args)]
#[command(mut_arg("state_dir", |arg| arg.help(CLIENT_FOLDER)))]
pub struct Shell {
    /// Print answers as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    state: State,
}

const HISTORY: &str = "shell_history";
const HISTORY_LINES_MAX: usize = 1_000;
const PROMPT: &str = "livegate> ";
const HELP: &str = "ACTION KEY=VALUE …, such as: set_track_volume track=Vocals volume=-6dB\n\
    help ACTION explains one, help lists all, exit or Ctrl-D ends";

impl Shell {
    pub async fn run(self) -> Result<Outcome> {
        let form = if self.json { Form::Json } else { Form::chosen(false) };
        let target = self.gateway.target(&self.state).await?;
        let Some(client) = connect(&target, form).await? else { return Ok(Outcome::Refused) };
        let history = self.state.folder.dir()?.join(HISTORY);
        let mut session = Session { target, form, client: Some(client), editor: editor(&history)? };
        session.learn_tracks().await;
        if form == Form::Text {
            say(&format!("connected to {}; {HELP}", session.target.address()));
        }
        while let Some(line) = session.read_line()? {
            if matches!(line.trim(), "exit" | "quit") {
                break;
            }
            if let Err(error) = session.carry_out(&line).await {
                warn(&format!("livegate: {}", shown(&error)));
            }
        }
        // A history that cannot be stored does not fail the commands.
        if let Err(error) = session.editor.save_history(&history) {
            warn(&format!("livegate: note: cannot write {}: {error}", history.display()));
        }
        Ok(Outcome::Done)
    }
}

struct Session {
    target: Target,
    form: Form,
    /// None after the connection was lost: the next command connects again.
    client: Option<Box<Client>>,
    editor: Editor<Words, DefaultHistory>,
}

async fn connect(target: &Target, form: Form) -> Result<Option<Box<Client>>> {
    match target.sign_in(Contradiction::Report).await? {
        SignedIn::Yes(client) => Ok(Some(client)),
        SignedIn::No(answer) => {
            form.print("authenticate", &answer);
            Ok(None)
        }
    }
}

fn editor(history: &PathBuf) -> Result<Editor<Words, DefaultHistory>> {
    let config = Config::builder()
        .max_history_size(HISTORY_LINES_MAX)
        .and_then(|builder| builder.history_ignore_dups(true))
        .context("cannot open the prompt")?
        .completion_type(CompletionType::List)
        .auto_add_history(true)
        .build();
    let mut editor = Editor::with_config(config).context("cannot open the prompt")?;
    editor.set_helper(Some(Words { tracks: Vec::new() }));
    // The file does not exist before the first use.
    let _ = editor.load_history(history);
    Ok(editor)
}

impl Session {
    /// The next line, or `None` at the end of the input.
    fn read_line(&mut self) -> Result<Option<String>> {
        loop {
            match tokio::task::block_in_place(|| self.editor.readline(PROMPT)) {
                Ok(line) if line.trim().is_empty() => (),
                Ok(line) => return Ok(Some(line)),
                // Ctrl-C discards the line.
                Err(ReadlineError::Interrupted) => (),
                Err(ReadlineError::Eof) => return Ok(None),
                Err(error) => return Err(error).context("cannot read the line"),
            }
        }
    }

    async fn carry_out(&mut self, line: &str) -> Result<()> {
        let words = request_words::split(line)?;
        let Some((action, pairs)) = words.split_first() else { return Ok(()) };
        if action == "help" {
            say(&match pairs.first().and_then(|name| catalogue().find(name)) {
                Some(action) => super::actions::explained(action),
                None => super::actions::by_category(|_| true),
            });
            return Ok(());
        }
        let mut request = request_words::read(action, pairs)?;
        let known = catalogue().find(action);
        if let Some(param) = known.and_then(Action::secret) {
            let typed = secret::typed(&format!("the {}", param.name), &format!("{}: ", param.name), "livegate send")?;
            request.insert(param.name.clone(), typed.expose_secret().into());
        }
        if self.client.is_none() {
            self.client = connect(&self.target, self.form).await?;
        }
        let Some(mut client) = self.client.take() else { return Ok(()) };
        request_words::resolve_track(&mut request, &mut client).await.inspect_err(|_| ())?;
        let answer = client
            .ask(Value::Object(request))
            .await
            .context("the outcome is unknown; the next command connects again")?;
        self.client = Some(client);
        self.form.print(action, &answer);
        if known.is_some_and(|action| !action.is_read() && action.touches.contains_key("track")) {
            self.learn_tracks().await;
        }
        Ok(())
    }

    /// Read the tracks' names for completion, if the caller may.
    async fn learn_tracks(&mut self) {
        let Some(client) = &mut self.client else { return };
        let Ok(answer) = client.ask(json!({"action": "get_snapshot", "depth": 1})).await else { return };
        let tracks = answer.get("snapshot").and_then(|set| set["tracks"].as_array()).into_iter().flatten();
        let tracks = tracks.filter_map(|track| track["name"].as_str().map(str::to_owned)).collect();
        self.editor.set_helper(Some(Words { tracks }));
    }
}

/// Completes actions, their parameters, and values that are known.
struct Words {
    tracks: Vec<String>,
}

impl Words {
    /// The candidates for the word that begins after `before`.
    fn candidates(&self, before: &str, word: &str) -> Vec<String> {
        let Some(action) = before.split_whitespace().next() else {
            let names = catalogue().actions().iter().map(|action| format!("{} ", action.name));
            return names.chain(["help ".to_owned(), "exit".to_owned()]).collect();
        };
        let Some(action) = catalogue().find(action) else {
            return if action == "help" {
                catalogue().actions().iter().map(|action| action.name.clone()).collect()
            } else {
                Vec::new()
            };
        };
        let takes_track = action.param("track_index").is_some();
        if takes_track && word.starts_with("track=") {
            return self.tracks.iter().map(|name| format!("track={} ", quoted(name))).collect();
        }
        let names = action.params.iter().map(|param| format!("{}=", param.name));
        names.chain(takes_track.then(|| "track=".to_owned())).collect()
    }
}

fn quoted(name: &str) -> String {
    let is_plain =
        !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || "-_.".contains(character));
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")) }
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let start = line[..at].rfind(char::is_whitespace).map_or(0, |space| space + 1);
        let (before, word) = line[..at].split_at(start);
        let found = self.candidates(before, word).into_iter().filter(|candidate| candidate.starts_with(word));
        let pair = |candidate: String| Pair { display: candidate.trim_end().to_owned(), replacement: candidate };
        Ok((start, found.map(pair).collect()))
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}

impl Validator for Words {}

impl Helper for Words {}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(line: &str) -> Vec<String> {
        let words = Words { tracks: vec!["Vocals".into(), "Lead Synth".into()] };
        let history = DefaultHistory::new();
        let (_, found) = words.complete(line, line.len(), &Context::new(&history)).expect("candidates");
        found.into_iter().map(|pair| pair.replacement).collect()
    }

    #[test]
    fn tab_completes_actions_parameters_and_tracks() {
        assert_eq!(completed("set_temp"), ["set_tempo "]);
        assert_eq!(completed("set_tempo "), ["bpm="]);
        assert_eq!(completed("mute_track track="), ["track=Vocals ", "track=\"Lead Synth\" "]);
        assert_eq!(completed("mute_track track=V"), ["track=Vocals "]);
        assert!(completed("no_such_action x").is_empty());
    }
}
