//! `cargo xtask`: brings what the project needs, builds it, starts it, checks it and tests it.
//!
//! This file is the command line. It holds no logic of the messenger and knows the other crates by
//! name only; whatever a person would otherwise have to install or type by hand is here instead.

mod bench;
mod build;
mod check;
mod desktop;
mod error;
mod postgres;
mod process;
mod run;
mod screenshots;
mod setup;
mod stamp;
mod steps;
mod test;
mod workspace;

use clap::{Args, Parser, Subcommand};
use error::{Error, Result};
use setup::Purpose;
use std::path::PathBuf;
use std::process::ExitCode;

/// Brings what Igoon needs, builds it, starts it and tests it.
#[derive(Parser)]
#[command(
    bin_name = "cargo xtask",
    after_help = "On a new machine (Debian 12 with rustup, git and build-essential) `cargo xtask run` and \
                  `cargo xtask test` install what is missing themselves. Tools built from source are kept in \
                  ~/.cache/igoon ($IGOON_CACHE moves them)."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up, build and start a server with the web client inside
    Run(RunArgs),
    /// Set up, build and open the desktop app with the web client inside
    Desktop(DesktopArgs),
    /// Set up and run all tests, on SQLite, a real PostgreSQL and a real browser
    Test(TestArgs),
    /// Like test, with the full counts, which takes long
    Soak(SoakArgs),
    /// Build the release server with the web client inside, print where it is and how large
    Build,
    /// Measure a release server with the load generator; `bench page` measures the page in a browser
    Bench(BenchArgs),
    /// Take a picture of every page, light and dark, on a desk's screen and on a phone's
    Screenshots(ScreenshotsArgs),
    /// Check formatting, lints (host and WASM) and documentation
    Check,
    /// Only install what is missing
    Setup(SetupArgs),
}

#[derive(Args)]
struct RunArgs {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Folder for the server's data [default: igoon-data in the project's folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Optimise the server (slower to build)
    #[arg(long)]
    release: bool,
}

#[derive(Args)]
#[command(after_help = "It asks for a server's address: `cargo xtask run` starts a server, which is at \
                        127.0.0.1:8080 for this computer. It needs a display.")]
struct DesktopArgs {
    /// Optimise it (slower to build)
    #[arg(long)]
    release: bool,
}

#[derive(Args)]
struct TestArgs {
    /// Only what runs without a browser: neither builds nor tests the web client, nor builds the
    /// release server
    #[arg(long)]
    only_native: bool,
    /// Only the tests whose names contain FILTER. Everything from the first FILTER on goes to
    /// nextest, so `-E EXPRESSION` works too. With a FILTER, WASM tests and documentation
    /// examples are left out
    #[arg(value_name = "FILTER", trailing_var_arg = true, allow_hyphen_values = true)]
    filters: Vec<String>,
}

#[derive(Args)]
struct SoakArgs {
    /// Only the tests whose names contain FILTER; goes to nextest as it is
    #[arg(value_name = "FILTER", trailing_var_arg = true, allow_hyphen_values = true)]
    filters: Vec<String>,
}

#[derive(Args)]
struct BenchArgs {
    /// Handed to igoon-load as they are, or after `page` to igoon-page-bench; `cargo xtask bench -- --help` and `cargo xtask
    /// bench page --help` list them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

#[derive(Args)]
struct ScreenshotsArgs {
    /// Folder for the pictures and their index.html [default: screenshots in the target folder]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Renew the pictures in the README, too
    #[arg(long)]
    readme: bool,
}

#[derive(Args)]
struct SetupArgs {
    /// What to set up for
    #[arg(long = "for", value_enum, default_value = "run")]
    purpose: Purpose,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Message(message)) => {
            steps::say(&format!("error: {message}"));
            ExitCode::FAILURE
        }
        Err(Error::Reported(code)) => ExitCode::from(code),
    }
}

fn dispatch(command: Command) -> Result<()> {
    match command {
        Command::Run(args) => run::run(&args.listen, args.data, args.release),
        Command::Desktop(args) => desktop::desktop(args.release),
        Command::Test(args) => test::test(args.only_native, &args.filters),
        Command::Soak(args) => test::soak(&args.filters),
        Command::Build => build::build(),
        Command::Bench(args) => match args.args.as_slice() {
            [first, rest @ ..] if first == "page" => bench::page(rest),
            args => bench::bench(args),
        },
        Command::Screenshots(args) => screenshots::screenshots(args.folder, args.readme),
        Command::Check => check::check(),
        Command::Setup(args) => setup::setup(args.purpose),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    fn test_args(line: &[&str]) -> TestArgs {
        let words = ["xtask", "test"].iter().chain(line);
        match Cli::parse_from(words).command {
            Command::Test(args) => args,
            _ => panic!("not parsed as `test`"),
        }
    }

    #[test]
    fn our_own_flags_come_before_the_filters() {
        let args = test_args(&["--only-native", "store::"]);
        assert!(args.only_native);
        assert_eq!(args.filters, ["store::"]);
    }

    #[test]
    fn nextest_gets_its_flags() {
        let args = test_args(&["-E", "test(ack)", "--no-capture"]);
        assert!(!args.only_native);
        assert_eq!(args.filters, ["-E", "test(ack)", "--no-capture"]);
    }

    #[test]
    fn the_load_generator_gets_its_flags() {
        for line in [&["xtask", "bench", "--", "--rooms", "3"][..], &["xtask", "bench", "--rooms", "3"]] {
            match Cli::parse_from(line).command {
                Command::Bench(args) => assert_eq!(args.args, ["--rooms", "3"]),
                _ => panic!("not parsed as `bench`"),
            }
        }
    }
}
