//! The parts of the Rust toolchain in use: its WASM target, rustfmt and clippy. Never another
//! toolchain.

use super::Purpose;
use crate::error::{Error, Result};
use crate::process::{self, capture, command, find};
use crate::steps;
use std::env;
use std::path::Path;

const WASM: &str = "wasm32-unknown-unknown";

/// Adds what is missing.
pub(crate) fn bring(purpose: Purpose) -> Result<()> {
    if !has_wasm_target() {
        steps::note(&format!("adding Rust's target {WASM}"));
        rustup(&["target", "add", WASM])?;
        if !has_wasm_target() {
            return Err(Error::new(format!(
                "rustc still has no {WASM}. Is the rustc on PATH the one that rustup manages? Look at `rustup show`"
            )));
        }
    }
    for component in missing_components(purpose) {
        steps::note(&format!("adding Rust's component {component}"));
        rustup(&["component", "add", component])?;
    }
    Ok(())
}

/// Whether the compiler in use has the standard library for WASM, by whatever way it came there.
pub(crate) fn has_wasm_target() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = capture(command(rustc).args(["--print", "target-libdir", "--target", WASM]));
    folder.is_ok_and(|folder| Path::new(&folder).is_dir())
}

/// Those of rustfmt and clippy that `purpose` needs and the toolchain lacks.
pub(crate) fn missing_components(purpose: Purpose) -> Vec<&'static str> {
    if purpose < Purpose::Test {
        return Vec::new();
    }
    let components = [("rustfmt", "fmt"), ("clippy", "clippy")];
    let missing =
        components.into_iter().filter(|(_, name)| !process::succeeds(process::cargo().args([name, "--version"])));
    missing.map(|(component, _)| component).collect()
}

fn rustup(args: &[&str]) -> Result<()> {
    if find("rustup").is_none() {
        let line = args.join(" ");
        return Err(Error::new(format!(
            "rustup is not on PATH. Install it (https://rustup.rs), or do by hand what `rustup {line}` does"
        )));
    }
    process::run(command("rustup").args(args))
}
