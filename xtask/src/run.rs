//! `cargo xtask run`: from a fresh clone to a running server.

use crate::error::{Error, Result};
use crate::process::{become_program, command};
use crate::setup::{self, Purpose};
use crate::steps::Steps;
use crate::{build, workspace};
use std::path::PathBuf;

/// Sets up, builds, and becomes the server: Ctrl-C and the terminal are the server's own.
pub(crate) fn run(listen: &str, data: Option<PathBuf>, release: bool) -> Result<()> {
    let data = data.unwrap_or_else(|| workspace::root().join("igoon-data"));
    let data = std::path::absolute(&data).map_err(Error::file("find", &data))?;

    let mut steps = Steps::new(4);
    let tools = steps.step("Set-up", || setup::bring(Purpose::Run))?;
    steps.step("Building the web client", || build::web_client(&tools))?;
    let server = steps.step("Building the server", || build::server(release))?;
    steps.begin(&format!("Starting the server with its data in {} (Ctrl-C ends it)", data.display()));
    let mut server = command(server);
    server.args(["--listen", listen, "--data-dir"]).arg(data).current_dir(workspace::root());
    Err(become_program(&mut server))
}
