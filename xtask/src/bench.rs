//! `cargo xtask bench`: the load generator against a release server on this machine.

use crate::error::Result;
use crate::process::{self, become_program, command};
use crate::setup::{self, Purpose};
use crate::steps::Steps;
use crate::{build, workspace};

/// Builds both and becomes the load generator, which starts and ends the server.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    let mut steps = Steps::new(4);
    steps.step("Set-up", || setup::bring(Purpose::Run))?;
    let server = steps.step("Building the server", || build::server(true))?;
    let load = steps.step("Building the load generator", || {
        process::run(process::cargo().args(["build", "--release", "--package", "igoon-e2e", "--bin", "igoon-load"]))?;
        build::program("igoon-load", true)
    })?;
    steps.begin("Measuring");
    Err(become_program(command(load).arg("--server-bin").arg(server).args(args).current_dir(workspace::root())))
}
