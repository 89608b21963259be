//! Every command that the documentation and the deployment files show is one that the program takes.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::Cli;

/// Returns the files that show commands.
fn files() -> Vec<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut files = vec![root.join("README.md"), root.join("deploy/README.md")];
    for folder in ["docs", "config", "deploy/systemd"] {
        let entries = fs::read_dir(root.join(folder)).expect("is readable");
        files.extend(entries.map(|entry| entry.expect("is readable").path()));
    }
    files.retain(|path| path.is_file());
    files
}

/// Returns the commands in a text: after a line's beginning, a backtick, `# ` or the folder of programs.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    for line in text.lines() {
        let starts = line.match_indices("slugline ").map(|(start, _)| start);
        for start in starts {
            let before = &line[..start];
            let shown = before.trim().is_empty()
                || ["`", "/usr/bin/", "# ", "#   "]
                    .iter()
                    .any(|end| before.ends_with(end));
            if shown {
                commands.extend(words(&line[start..]));
            }
        }
    }
    commands
}

/// Splits as a shell does, up to the end of the command; nothing where it is a form with alternatives.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in line.chars() {
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '`' | '|' | '>' | '<' | '&' | ';' | '#' | '(') => break,
            (None, ' ') => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            _ => word.push(character),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    let is_form = words.iter().any(|word| word.contains('…'));
    // What stands for a number must be one.
    let filled = words.into_iter().map(|word| word.replace("NUMBER", "1"));
    (!is_form).then(|| filled.collect())
}

#[test]
fn documented_commands_are_taken() {
    let mut n_commands = 0;
    let mut refused = Vec::new();
    for path in files() {
        let text = fs::read_to_string(&path).expect("is readable");
        for command in commands(&text) {
            n_commands += 1;
            if let Err(error) = Cli::try_parse_from(&command) {
                refused.push(format!("{}: {}: {error}", path.display(), command.join(" ")));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(n_commands > 40, "only {n_commands} were found");
}
