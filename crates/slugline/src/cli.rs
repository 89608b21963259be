//! The command line, as close to what was typed as possible; filling it may only validate.
//!
//! Flags that are settings do not stay here: [`Cli::overrides`] turns them into layers of [`crate::settings`], so
//! that a flag, a variable and a line of the file mean exactly the same.

#[cfg(test)]
mod documented;
mod files;
mod operate;
mod stages;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use files::{Input, ShowArgs, TagArgs};
pub(crate) use operate::{
    DeadAction, DeadArgs, DeadSelect, DeadWhich, StatusArgs, TailArgs, TopArgs, TopologyAction, TopologyArgs,
    TraceArgs,
};
pub(crate) use stages::{Override, StageCommand};

/// What of the log stays with `--quiet`.
const QUIET: &str = "warn";

/// Turns a folder of news articles into a live, queryable stream of facts
///
/// Every article that is dropped into INBOX becomes one line of JSON: who, where and which group (entities), and
/// every numeric claim with its bounds, subject and claimant (figures).
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Begin with:
  slugline run INBOX --out DIR --once      a line of JSON per article, in DIR/part-*.jsonl
  slugline tag FILE | jq                   the same for one file, on standard output
  slugline show FILE                       the same for eyes

Results go to standard output, everything else to standard error.

Exit codes:
  0  done
  1  failed while running: an unreachable broker, a full disk, a file that could not be read
  2  wrong from the start: an argument, a setting, a missing inbox, an unreadable watch-list

Configuration: default < file (--config) < SLUGLINE_SECTION_NAME variable < flag; see `slugline config`.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Default, Args)]
pub(crate) struct CommonArgs {
    /// Configuration file, TOML
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "SLUGLINE_CONFIG",
        help_heading = "Configuration"
    )]
    pub(crate) config: Option<PathBuf>,
    /// Any setting, such as `--set sink.batch_lines=64`; `slugline config` shows them
    #[arg(long, global = true, value_name = "KEY=VALUE", help_heading = "Configuration")]
    pub(crate) set: Vec<String>,
    /// What to log: a level, or directives such as `warn,enricher=debug` [setting: log.filter]
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Configuration")]
    pub(crate) log: Option<String>,
    /// Log one JSON object a line; progress and summary too
    #[arg(long, global = true, help_heading = "Configuration")]
    pub(crate) log_json: bool,
    /// No progress and no summary, and only warnings and errors unless --log says otherwise
    #[arg(short, long, global = true, help_heading = "Configuration")]
    pub(crate) quiet: bool,
}

impl CommonArgs {
    /// Returns the flags that are settings.
    fn overrides(&self) -> impl Iterator<Item = Override> {
        let quiet = self.quiet.then(|| QUIET.to_owned());
        let filter = self.log.clone().or(quiet);
        [
            filter.map(|filter| ("log.filter", filter)),
            self.log_json.then(|| ("log.format", "json".to_owned())),
            self.quiet.then(|| ("log.progress", "false".to_owned())),
        ]
        .into_iter()
        .flatten()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Stage(StageCommand),
    /// Enrich files or standard input straight to standard output, one record a line
    #[command(after_help = "Examples:\n  \
        slugline tag article.html | jq '.figures[] | [.kind, .value]'\n  \
        slugline tag --input jsonl --raw - < items.jsonl > records.jsonl")]
    Tag(TagArgs),
    /// Show an article with its tags marked, for eyes
    #[command(after_help = "Example:\n  slugline show --html article.txt > article.html")]
    Show(ShowArgs),
    /// Print the JSON Schema of the enriched record
    #[command(after_help = "Example:\n  slugline schema > record.schema.json")]
    Schema,
    /// Validate the configuration without side effects; every problem is named
    ///
    /// Followed by `run`, `watch`, `enrich` or `sink` with their arguments, it also checks what that command cannot do
    /// without: folders, watch-lists, files with secrets. Nothing is made, written or connected to.
    #[command(after_help = "Examples:\n  \
        slugline check --config fleet.toml                 what every process of a fleet shares\n  \
        slugline check watch inbox --config fleet.toml     and what this one needs\n  \
        slugline check --running --set http.addr=9464      is the running one ready?")]
    Check(CheckArgs),
    /// Print the resolved configuration with where each value came from
    #[command(after_help = "Example:\n  slugline config --config fleet.toml | grep -v '# default'")]
    Config(ConfigArgs),
    /// Print, apply or verify the streams and consumers
    Topology(TopologyArgs),
    /// Tell how the fleet is doing: streams, lag, redeliveries, workers, rates
    #[command(after_help = "Example:\n  slugline status --nats nats://127.0.0.1:4222 --json | jq .worries")]
    Status(StatusArgs),
    /// Watch the fleet live in the terminal
    #[command(after_help = "Example:\n  slugline top --nats nats://127.0.0.1:4222")]
    Top(TopArgs),
    /// Print entities and figures as they are found
    #[command(after_help = "Examples:\n  \
        slugline tail 'figure.killed.>' --nats nats://127.0.0.1:4222\n  \
        slugline tail 'entity.person.*' --nats nats://127.0.0.1:4222 --json | jq -r .entity.name")]
    Tail(TailArgs),
    /// Tell where an article is: checkpoint, streams, dead letters, output line
    #[command(
        after_help = "Example:\n  slugline trace inbox/article.txt --out out --nats nats://127.0.0.1:4222"
    )]
    Trace(TraceArgs),
    /// List, show, retry or drop dead letters: what was given up
    Dead(DeadArgs),
    /// Analyse articles for an enricher that does not trust them
    #[command(hide = true)]
    Quarantine,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(subcommand)]
    pub(crate) stage: Option<StageCommand>,
    /// Ask the running process at `http.addr` whether it is ready; exit code 1 if not
    #[arg(long)]
    pub(crate) running: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Print the documented defaults instead
    #[arg(long)]
    pub(crate) reference: bool,
}

impl Cli {
    /// Returns the flags that are settings.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        self.common.overrides().chain(self.command.overrides()).collect()
    }
}

impl Command {
    fn overrides(&self) -> Vec<Override> {
        match self {
            Self::Stage(stage)
            | Self::Check(CheckArgs {
                stage: Some(stage), ..
            }) => stage.overrides(),
            Self::Topology(args) => args.action.overrides().into_iter().collect(),
            Self::Status(args) => args.nats.overrides().into_iter().collect(),
            Self::Top(args) => args.nats.overrides().into_iter().collect(),
            Self::Tail(args) => args.nats.overrides().into_iter().collect(),
            Self::Trace(args) => args.overrides().collect(),
            Self::Dead(args) => args.action.overrides().into_iter().collect(),
            Self::Quarantine
            | Self::Tag(_)
            | Self::Show(_)
            | Self::Schema
            | Self::Check(_)
            | Self::Config(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// Fails unless each command says what it is for, and shows an example unless its commands do.
    fn check_help(command: &clap::Command) {
        let name = command.get_name();
        assert!(
            command.get_about().is_some(),
            "`{name}` does not say what it is for"
        );
        let below: Vec<_> = command
            .get_subcommands()
            .filter(|below| !below.is_hide_set())
            .collect();
        let example = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(
            example.contains("slugline ") || !below.is_empty(),
            "`{name}` shows no example"
        );
        below.into_iter().for_each(check_help);
    }

    #[test]
    fn every_command_says_what_it_is_for_and_shows_an_example() {
        check_help(&Cli::command());
    }

    #[test]
    fn quiet_is_a_setting_that_an_explicit_filter_outranks() {
        let check = |arguments: &[&str], expect: &[(&str, &str)]| {
            let cli = Cli::try_parse_from([&["slugline", "schema"], arguments].concat()).expect("is right");
            let found = cli.overrides();
            let found: Vec<_> = found.iter().map(|(key, value)| (*key, value.as_str())).collect();
            assert_eq!(found, expect, "{arguments:?}");
        };
        check(&[], &[]);
        check(&["-q"], &[("log.filter", "warn"), ("log.progress", "false")]);
        check(
            &["--quiet", "--log", "debug"],
            &[("log.filter", "debug"), ("log.progress", "false")],
        );
    }
}
