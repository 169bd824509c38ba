//! Brings everything that a command needs and that is not there yet.
//!
//! Looks first, without a lock and without root, so that a machine that has it all loses no time.
//! Never touches the Rust toolchain itself: only its WASM target and components.

mod cache;
mod npm;
mod rust;
mod system;
mod tools;

use crate::error::Result;
use crate::steps::Steps;
use clap::ValueEnum;
use std::path::PathBuf;

pub(crate) use system::is_root;

/// What the machine is set up for. Each has what the one before it has, and more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub(crate) enum Purpose {
    /// To build and run
    Run,
    /// To build and open the desktop app, too
    Desktop,
    /// To run all tests and checks
    Test,
}

/// Where the tools are that others need to know the place of.
pub(crate) struct Tools {
    /// The folder of `wasm-bindgen`, which must be first on PATH for Trunk.
    pub(crate) wasm_bindgen: PathBuf,
    /// The program `trunk`.
    pub(crate) trunk: PathBuf,
}

/// `cargo xtask setup`.
pub(crate) fn setup(purpose: Purpose) -> Result<()> {
    Steps::new(1).step("Set-up", || bring(purpose)).map(drop)
}

/// Installs what is missing for `purpose`.
pub(crate) fn bring(purpose: Purpose) -> Result<Tools> {
    let cache = cache::root()?;
    let complete = system::missing(purpose).is_empty()
        && rust::has_wasm_target()
        && rust::missing_components(purpose).is_empty()
        && tools::missing(purpose, &cache).is_empty()
        && !npm::is_missing(purpose, &cache);
    if !complete {
        let _lock = cache::lock(&cache)?;
        system::bring(purpose)?;
        rust::bring(purpose)?;
        tools::bring(purpose, &cache)?;
        npm::bring(purpose, &cache)?;
    }
    Ok(Tools { wasm_bindgen: tools::WASM_BINDGEN.folder(&cache), trunk: tools::TRUNK.folder(&cache).join("trunk") })
}

/// The program `tauri-driver`.
pub(crate) fn tauri_driver() -> Result<PathBuf> {
    Ok(tools::TAURI_DRIVER.folder(&cache::root()?).join("tauri-driver"))
}

/// The program `cargo-nextest`: the machine's own where it is new enough, else ours.
pub(crate) fn nextest() -> Result<PathBuf> {
    Ok(tools::nextest(&cache::root()?))
}

/// The program `geckodriver`.
pub(crate) fn geckodriver() -> Result<PathBuf> {
    Ok(tools::GECKODRIVER.folder(&cache::root()?).join("geckodriver"))
}

/// axe-core, as one script.
pub(crate) fn axe() -> Result<PathBuf> {
    Ok(npm::axe(&cache::root()?))
}
