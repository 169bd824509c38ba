//! Where things are in the project's folder.

use crate::error::{Error, Result};
use std::env;
use std::path::{Path, PathBuf};

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// Cargo's target folder: the one that this very program was built into, wherever a configuration
/// put it.
pub(crate) fn target() -> Result<PathBuf> {
    let program =
        env::current_exe().map_err(|error| Error::new(format!("cannot tell where xtask itself is: {error}")))?;
    match program.parent().and_then(Path::parent) {
        Some(target) => Ok(target.to_owned()),
        None => Err(Error::new("start xtask as `cargo xtask`, so that it lies in cargo's target folder")),
    }
}

/// The web client, built.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// For cargo: all crates but the desktop app, which needs a web view that servers and their developers need not have.
pub(crate) const NOT_DESKTOP: [&str; 3] = ["--workspace", "--exclude", "igoon-desktop"];
