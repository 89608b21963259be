//! `slugline check` and `slugline config`.

use std::fmt::Write;
use std::process::ExitCode;

use toml::Value;

use crate::cli::ConfigArgs;
use crate::config::{check_files, check_for};
use crate::layers::Layers;
use crate::roles::Roles;

use super::output::print;
use super::usage::EXIT_USAGE;

/// Validates the configuration without side effects, and what these stages need, if any are named.
pub(crate) fn check(layers: &Layers, roles: Option<Roles>) -> anyhow::Result<ExitCode> {
    let settings = layers.settings()?;
    let problems = match roles {
        Some(roles) => check_for(&settings, roles),
        None => check_files(&settings),
    };
    for variable in layers.ignored() {
        eprintln!("ignored: the variable `{variable}` is no setting");
    }
    if problems.is_empty() {
        print("the configuration is valid")?;
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{problems}");
    Ok(ExitCode::from(EXIT_USAGE))
}

/// Prints the resolved configuration as TOML, each value with its origin.
pub(crate) fn show(layers: &Layers, args: &ConfigArgs) -> anyhow::Result<ExitCode> {
    if args.reference {
        print(crate::reference::reference()?.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut page = String::new();
    let mut section = "";
    for (key, value, origin) in layers.iter() {
        let (table, name) = key.split_once('.').unwrap_or(("", key));
        if table != section {
            let separator = if section.is_empty() { "" } else { "\n" };
            writeln!(page, "{separator}[{table}]")?;
            section = table;
        }
        let value = without_secret(key, value);
        writeln!(page, "{:<50} # {origin}", format!("{name} = {value}"))?;
    }
    for variable in layers.ignored() {
        writeln!(page, "# ignored: environment {variable} is no setting")?;
    }
    print(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// Returns a value to be shown: an address without the password that somebody put there although it is refused.
fn without_secret(key: &str, value: &Value) -> Value {
    match value.as_str() {
        Some(text) if key == "nats.url" => {
            let urls = text.split(',').map(|url| match url.rsplit_once('@') {
                Some((before, host)) => {
                    let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
                    format!("{scheme}://REDACTED@{host}")
                }
                None => url.to_owned(),
            });
            Value::String(urls.collect::<Vec<_>>().join(","))
        }
        _ => value.clone(),
    }
}
