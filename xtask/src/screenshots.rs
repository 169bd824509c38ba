//! `cargo xtask screenshots`: a picture of every page.

use crate::build;
use crate::error::{Error, Result};
use crate::process::{self, cargo, command};
use crate::setup::{self, Purpose};
use crate::steps::{self, Steps};
use crate::test::Environment;
use crate::workspace::{self, NOT_DESKTOP};
use std::path::PathBuf;

/// Builds page and server, and takes the pictures; with `readme`, those in the README as well.
pub(crate) fn screenshots(folder: Option<PathBuf>, readme: bool) -> Result<()> {
    let folder = match folder {
        Some(folder) => std::path::absolute(&folder).map_err(Error::file("find", &folder))?,
        None => workspace::target()?.join("screenshots"),
    };
    let mut steps = Steps::new(4);
    let tools = steps.step("Set-up", || setup::bring(Purpose::Test))?;
    steps.step("Building the web client", || build::web_client(&tools))?;
    let server = steps.step("Building the server", || {
        process::run(cargo().arg("build").args(NOT_DESKTOP).args([
            "--bin",
            "igoon-server",
            "--bin",
            "igoon-screenshots",
        ]))?;
        build::program("igoon-server", false)
    })?;
    steps.step("Taking pictures", || {
        let mut pictures = command(build::program("igoon-screenshots", false)?);
        pictures.arg("--folder").arg(&folder);
        if readme {
            pictures.arg("--readme").arg(workspace::root().join("docs/images"));
        }
        process::run(Environment::of(server)?.give_to(&mut pictures))
    })?;
    steps::say(&format!("{}", folder.join("index.html").display()));
    Ok(())
}
