//! `slugline`: turns a folder of news articles into a live, queryable stream of facts.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("slugline: {error:#}");
            ExitCode::FAILURE
        }
    }
}
