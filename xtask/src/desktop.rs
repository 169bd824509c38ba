//! `cargo xtask desktop`: from a fresh clone to the desktop app's window.

use crate::error::{Error, Result};
use crate::process::{self, become_program, cargo, command};
use crate::setup::{self, Purpose};
use crate::steps::Steps;
use crate::{build, workspace};
use std::env;
use std::path::PathBuf;

/// Sets up, builds, and becomes the app.
pub(crate) fn desktop(release: bool) -> Result<()> {
    if !has_display(|name| env::var_os(name).is_some_and(|value| !value.is_empty())) {
        return Err(Error::new(
            "there is no display here for a window (neither DISPLAY nor WAYLAND_DISPLAY is set). On a computer without a \
             screen, `xvfb-run cargo xtask desktop` opens it where nobody sees it",
        ));
    }
    let mut steps = Steps::new(4);
    let tools = steps.step("Set-up", || setup::bring(Purpose::Desktop))?;
    steps.step("Building the web client", || build::web_client(&tools))?;
    let app = steps.step("Building the desktop app", || app(release))?;
    steps.begin("Opening Igoon (closing its window ends it)");
    Err(become_program(command(app).current_dir(workspace::root())))
}

/// Builds the app with the web client inside, which must be there; returns the program.
pub(crate) fn app(release: bool) -> Result<PathBuf> {
    let mut cargo = cargo();
    cargo.args(["build", "--package", "igoon-desktop"]);
    if release {
        cargo.arg("--release");
    }
    process::run(&mut cargo)?;
    build::program("igoon-desktop", release)
}

/// Looks for defects in the app's code, without a web client to put inside.
pub(crate) fn lint(deny_warnings: [&str; 3]) -> Result<()> {
    let anything = "{\"build\":{\"frontendDist\":\"icons\"}}";
    let mut cargo = cargo();
    cargo.args(["clippy", "--package", "igoon-desktop", "--all-targets"]).args(deny_warnings);
    process::run(cargo.env("TAURI_CONFIG", anything))
}

fn has_display(is_set: impl Fn(&str) -> bool) -> bool {
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_kind_of_display_will_do() {
        assert!(has_display(|name| name == "DISPLAY"));
        assert!(has_display(|name| name == "WAYLAND_DISPLAY"));
        assert_eq!(has_display(|_| false), !cfg!(target_os = "linux"));
    }
}
