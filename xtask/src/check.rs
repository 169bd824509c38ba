//! `cargo xtask check`: formatting, lints and documentation. Warnings are errors.

use crate::desktop;
use crate::error::Result;
use crate::process::{self, cargo};
use crate::setup::{self, Purpose};
use crate::steps::Steps;
use crate::workspace::NOT_DESKTOP;

/// The crates that must also compile for the browser.
const FOR_THE_BROWSER: [&str; 8] = [
    "--target",
    "wasm32-unknown-unknown",
    "--package",
    "igoon-shared",
    "--package",
    "igoon-yew",
    "--package",
    "igoon-web",
];

/// Runs all checks; ends at the first that fails.
pub(crate) fn check() -> Result<()> {
    let deny_warnings = ["--", "--deny", "warnings"];
    let mut steps = Steps::new(6);
    steps.step("Set-up", || setup::bring(Purpose::Test))?;
    steps.step("Formatting", || process::run(cargo().args(["fmt", "--all", "--check"])))?;
    steps.step("Lints", || {
        process::run(cargo().arg("clippy").args(NOT_DESKTOP).arg("--all-targets").args(deny_warnings))
    })?;
    steps.step("Lints for the desktop app", || desktop::lint(deny_warnings))?;
    steps.step("Lints for WASM", || process::run(cargo().arg("clippy").args(FOR_THE_BROWSER).args(deny_warnings)))?;
    steps.step("Documentation", || {
        process::run(cargo().arg("doc").args(NOT_DESKTOP).arg("--no-deps").env("RUSTDOCFLAGS", "-Dwarnings"))
    })
}
