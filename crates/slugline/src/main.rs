//! `slugline`: turns a folder of news articles into a live, queryable stream of facts.

mod cli;
mod commands;
mod config;
mod gauges;
mod http;
mod layers;
mod progress;
mod reference;
mod roles;
mod settings;
mod shutdown;
mod stall;
mod telemetry;
mod traces;
mod wiring;
mod worker;

use std::process::ExitCode;

use clap::Parser;

use commands::{EXIT_USAGE, Unheard, UsageError};

fn main() -> ExitCode {
    match commands::run(&cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) if error.is::<Unheard>() => ExitCode::SUCCESS,
        Err(error) => {
            // Several problems are one line each.
            for line in format!("{error:#}").lines() {
                eprintln!("slugline: {line}");
            }
            if error.is::<UsageError>() {
                ExitCode::from(EXIT_USAGE)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}
