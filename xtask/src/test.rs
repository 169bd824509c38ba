//! `cargo xtask test` and `cargo xtask soak`: every test there is, against the real thing.
//!
//! Tests learn from the environment where the real things are: see [`Environment`]. nextest comes
//! last, so that its summary is the last thing that a person, or a machine, reads.

use crate::error::{Error, Result};
use crate::postgres::Postgres;
use crate::process::{self, cargo, command, find};
use crate::setup::{self, Purpose, Tools};
use crate::steps::Steps;
use crate::workspace::{self, NOT_DESKTOP};
use crate::{build, desktop};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// Tests that also run as WASM inside a browser: package and test.
const WASM_TESTS: [(&str, &str); 2] = [("igoon-shared", "vectors"), ("igoon-shared", "subtle")];

/// `cargo xtask test`.
pub(crate) fn test(only_native: bool, filters: &[String]) -> Result<()> {
    let everything = filters.is_empty();
    go(&Plan {
        browser: !only_native,
        wasm_tests: everything && !only_native,
        examples: everything,
        profile: if only_native { "native" } else { "default" },
        filters,
    })
}

/// `cargo xtask soak`.
pub(crate) fn soak(filters: &[String]) -> Result<()> {
    go(&Plan { browser: true, wasm_tests: false, examples: false, profile: "soak", filters })
}

/// Which of the steps are taken.
struct Plan<'a> {
    /// The web client, and a release server that carries it.
    browser: bool,
    wasm_tests: bool,
    /// The examples in the documentation, which nextest does not run.
    examples: bool,
    /// Of `.config/nextest.toml`.
    profile: &'a str,
    filters: &'a [String],
}

impl Plan<'_> {
    fn steps(&self) -> usize {
        4 + 2 * usize::from(self.browser) + usize::from(self.wasm_tests) + usize::from(self.examples)
    }
}

/// What the tests are told, in environment variables.
pub(crate) struct Environment(Vec<(&'static str, OsString)>);

impl Environment {
    /// This debug server, and the browsers with what drives and checks them.
    pub(crate) fn of(server: PathBuf) -> Result<Self> {
        Ok(Self(vec![
            ("IGOON_SERVER_BIN", server.into()),
            ("CHROMEDRIVER", on_path("chromedriver")?.into()),
            ("CHROMIUM", on_path("chromium")?.into()),
            ("GECKODRIVER", setup::geckodriver()?.into()),
            ("FIREFOX", on_path("firefox-esr")?.into()),
            ("IGOON_AXE", setup::axe()?.into()),
        ]))
    }

    /// Tells it.
    pub(crate) fn give_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.envs(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn go(plan: &Plan<'_>) -> Result<()> {
    let mut steps = Steps::new(plan.steps());
    let tools = steps.step("Set-up", || setup::bring(Purpose::Test))?;
    if plan.browser {
        steps.step("Building the web client", || build::web_client(&tools))?;
    }
    let (server, release_server) = steps.step("Building the server and the tests", || servers(plan.browser))?;
    let app = if plan.browser {
        Some(steps.step("Building and testing the desktop app", || desktop_app(plan.examples))?)
    } else {
        None
    };
    // Lives until the end of this function, however it ends.
    let postgres = steps.step("Starting PostgreSQL", Postgres::start)?;

    let mut environment = Environment::of(server)?;
    environment.0.push(("IGOON_TEST_POSTGRES", postgres.url().into()));
    if let Some(server) = release_server {
        environment.0.push(("IGOON_SERVER_RELEASE_BIN", server.into()));
    }
    if let Some(app) = app {
        environment.0.push(("IGOON_DESKTOP_BIN", app.into()));
        environment.0.push(("TAURI_DRIVER", setup::tauri_driver()?.into()));
    }
    if plan.profile == "soak" {
        environment.0.push(("IGOON_SOAK", "1".into()));
    }

    if plan.wasm_tests {
        steps.step("WASM tests in a browser", || wasm_tests(&tools, &environment))?;
    }
    if plan.examples {
        steps.step("Examples in the documentation", || {
            process::run(environment.give_to(cargo().args(["test", "--doc", "--quiet"]).args(NOT_DESKTOP)))
        })?;
    }
    let mut nextest = command(setup::nextest()?);
    nextest.args(["nextest", "run"]).args(NOT_DESKTOP).args(["--profile", plan.profile]).args(plan.filters);
    nextest.current_dir(workspace::root());
    steps.begin("Tests");
    process::run_last(environment.give_to(&mut nextest))
}

/// The debug server, and the release server if it is wanted. The debug server is built together
/// with the tests, as nextest would: by itself, with fewer features of shared dependencies, much of
/// it would be built twice.
fn servers(release: bool) -> Result<(PathBuf, Option<PathBuf>)> {
    process::run(cargo().arg("build").args(NOT_DESKTOP).args(["--tests", "--bin", "igoon-server"]))?;
    let server = build::program("igoon-server", false)?;
    let release_server = if release { Some(build::server(true)?) } else { None };
    Ok((server, release_server))
}

/// The desktop app, which not everybody can build. Its own tests run at once, where all tests are wanted.
fn desktop_app(tests: bool) -> Result<PathBuf> {
    if tests {
        process::run(cargo().args(["test", "--package", "igoon-desktop", "--quiet"]))?;
    }
    desktop::app(false)
}

fn wasm_tests(tools: &Tools, environment: &Environment) -> Result<()> {
    for (package, test) in WASM_TESTS {
        let mut cargo = cargo();
        cargo.args(["test", "--target", "wasm32-unknown-unknown", "--package", package, "--test", test]);
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools.wasm_bindgen.join("wasm-bindgen-test-runner"));
        // Seconds, for a busy machine; the defaults are 20 and 5.
        cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "600").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
        // A test that forgot to say where it runs must not end up in node.
        cargo.env("WASM_BINDGEN_USE_BROWSER", "1");
        process::run(environment.give_to(&mut cargo))?;
    }
    Ok(())
}

fn on_path(program: &str) -> Result<PathBuf> {
    find(program).ok_or_else(|| Error::new(format!("{program} is not on PATH although set-up has found it: try again")))
}
