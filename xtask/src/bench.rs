//! `cargo xtask bench`: the load generator against a release server on this machine; `cargo xtask bench page`: that server's page
//! in a browser.

use crate::error::Result;
use crate::process::{self, become_program, cargo, command};
use crate::setup::{self, Purpose};
use crate::steps::Steps;
use crate::{build, test::Environment, workspace};

/// Builds both and becomes the load generator, which starts and ends the server.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    let mut steps = Steps::new(4);
    steps.step("Set-up", || setup::bring(Purpose::Run))?;
    let server = steps.step("Building the server", || build::server(true))?;
    let load = steps.step("Building the load generator", || {
        process::run(cargo().args(["build", "--release", "--package", "igoon-e2e", "--bin", "igoon-load"]))?;
        build::program("igoon-load", true)
    })?;
    steps.begin("Measuring");
    Err(become_program(command(load).arg("--server-bin").arg(server).args(args).current_dir(workspace::root())))
}

/// Builds page and server and becomes the program that measures the page.
pub(crate) fn page(args: &[String]) -> Result<()> {
    let mut steps = Steps::new(5);
    let tools = steps.step("Set-up", || setup::bring(Purpose::Test))?;
    steps.step("Building the web client", || build::web_client(&tools))?;
    let server = steps.step("Building the server", || build::server(true))?;
    let bench = steps.step("Building what measures", || {
        process::run(cargo().args(["build", "--release", "--package", "igoon-e2e", "--bin", "igoon-page-bench"]))?;
        build::program("igoon-page-bench", true)
    })?;
    steps.begin("Measuring");
    let mut bench = command(bench);
    bench.arg("--server-bin").arg(&server).args(args).current_dir(workspace::root());
    Err(become_program(Environment::of(server)?.give_to(&mut bench)))
}
