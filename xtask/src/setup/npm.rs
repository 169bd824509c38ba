//! Packages from npm's registry, unpacked into the cache: what tests load into pages, and nothing that is shipped.

use super::{Purpose, cache};
use crate::error::{Error, Result};
use crate::process::{self, capture, command};
use crate::steps;
use std::path::{Path, PathBuf};

/// A pinned package: `tools/<name>-<version>/` in the cache.
struct Package {
    name: &'static str,
    version: &'static str,
    /// What we use of it.
    file: &'static str,
}

/// Looks for what keeps people out of a page.
const AXE: Package = Package { name: "axe-core", version: "4.14.1", file: "axe.min.js" };

/// Whether `purpose` needs a package that the cache lacks.
pub(crate) fn is_missing(purpose: Purpose, cache: &Path) -> bool {
    purpose == Purpose::Test && !axe(cache).is_file()
}

/// Fetches what is missing. The caller holds the cache's lock.
pub(crate) fn bring(purpose: Purpose, cache: &Path) -> Result<()> {
    if is_missing(purpose, cache) { AXE.install(cache) } else { Ok(()) }
}

/// axe-core, as one script.
pub(crate) fn axe(cache: &Path) -> PathBuf {
    AXE.home(cache).join(AXE.file)
}

impl Package {
    fn home(&self, cache: &Path) -> PathBuf {
        cache.join("tools").join(format!("{}-{}", self.name, self.version))
    }

    fn install(&self, cache: &Path) -> Result<()> {
        let Self { name, version, file } = self;
        let home = self.home(cache);
        steps::note(&format!("fetching {name} {version} into {}", home.display()));
        cache::make(cache, &home, |scratch| {
            let archive =
                capture(command("npm").args(["pack", "--silent", &format!("{name}@{version}")]).current_dir(scratch))?;
            // What npm packs lies in a folder of this name.
            process::run(command("tar").args(["-xzf", &archive]).current_dir(scratch))?;
            Ok(scratch.join("package"))
        })?;
        if home.join(file).is_file() {
            Ok(())
        } else {
            Err(Error::new(format!("{name} {version} was fetched, but lacks {file}")))
        }
    }
}
