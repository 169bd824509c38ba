//! Programs from the Rust package registry, built once per version and kept in the cache.
//!
//! A tool is built aside and then moved: what is in the cache is complete.

use super::{Purpose, cache};
use crate::error::{Error, Result};
use crate::process::{self, capture, command, find, is_executable};
use crate::steps;
use std::env;
use std::path::{Path, PathBuf};

/// A pinned program: `tools/<package>-<version>/bin/` in the cache.
pub(crate) struct Tool {
    package: &'static str,
    version: &'static str,
    /// What we use of what it installs.
    programs: &'static [&'static str],
    features: &'static [&'static str],
}

/// Must be the version of the crate `wasm-bindgen` in Cargo.toml.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    version: "0.2.129",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    features: &[],
};

/// Builds the web client. 0.22 wants a newer compiler.
pub(crate) const TRUNK: Tool =
    Tool { package: "trunk", version: "0.21.14", programs: &["trunk"], features: &["rustls"] };

/// Drives Firefox. Debian has none.
pub(crate) const GECKODRIVER: Tool =
    Tool { package: "geckodriver", version: "0.37.1", programs: &["geckodriver"], features: &[] };

/// Drives the desktop app, by its web view's own driver.
pub(crate) const TAURI_DRIVER: Tool =
    Tool { package: "tauri-driver", version: "2.1.0", programs: &["tauri-driver"], features: &[] };

/// Runs the tests, where the machine has none that is new enough.
const NEXTEST: Tool = Tool {
    package: "cargo-nextest",
    version: "0.9.143",
    programs: &["cargo-nextest"],
    features: &["default-no-update"],
};

/// The oldest nextest that understands `.config/nextest.toml`.
const OLDEST_NEXTEST: [u64; 3] = [0, 9, 100];

/// Speed of the tools matters less than their building: a quarter of the default's time.
const LIGHT: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_LTO", "false"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];

/// The tools that `purpose` needs and the cache lacks.
pub(crate) fn missing(purpose: Purpose, cache: &Path) -> Vec<Tool> {
    let mut missing = vec![WASM_BINDGEN, TRUNK];
    if purpose == Purpose::Test {
        missing.extend([GECKODRIVER, TAURI_DRIVER]);
        if own_nextest().is_none() {
            missing.push(NEXTEST);
        }
    }
    missing.retain(|tool| !tool.is_installed(cache));
    missing
}

/// Builds the missing tools. The caller holds the cache's lock.
pub(crate) fn bring(purpose: Purpose, cache: &Path) -> Result<()> {
    for tool in missing(purpose, cache) {
        tool.install(cache)?;
    }
    Ok(())
}

/// The program `cargo-nextest`.
pub(crate) fn nextest(cache: &Path) -> PathBuf {
    own_nextest().unwrap_or_else(|| NEXTEST.folder(cache).join("cargo-nextest"))
}

impl Tool {
    /// The folder of its programs.
    pub(crate) fn folder(&self, cache: &Path) -> PathBuf {
        self.home(cache).join("bin")
    }

    fn home(&self, cache: &Path) -> PathBuf {
        cache.join("tools").join(format!("{}-{}", self.package, self.version))
    }

    fn is_installed(&self, cache: &Path) -> bool {
        let folder = self.folder(cache);
        self.programs.iter().all(|program| is_executable(&folder.join(program)))
    }

    fn install(&self, cache: &Path) -> Result<()> {
        let Self { package, version, .. } = self;
        let home = self.home(cache);
        steps::note(&format!("building {package} {version} into {} (once, takes minutes)", home.display()));

        cache::make(cache, &home, |scratch| self.build(scratch)).and_then(|()| {
            if self.is_installed(cache) {
                Ok(())
            } else {
                Err(Error::new(format!("{package} {version} was built, but lacks one of {:?}", self.programs)))
            }
        })
    }

    /// Builds inside `scratch`; returns the folder to keep.
    fn build(&self, scratch: &Path) -> Result<PathBuf> {
        let root = scratch.join("root");
        let mut cargo = process::cargo();
        // Flags meant for the project are not meant for its tools.
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
            cargo.env_remove(name);
        }
        cargo.envs(LIGHT).env("CARGO_TARGET_DIR", scratch.join("target")).current_dir(scratch);
        cargo.args(["install", "--locked", self.package, "--version", self.version, "--no-default-features"]);
        cargo.args(["--features", &self.features.join(",")]).arg("--root").arg(&root);
        // Cargo would otherwise advise to put the temporary folder on PATH.
        cargo.env("PATH", process::path_with(&root.join("bin"))?);
        process::run(&mut cargo)?;
        Ok(root)
    }
}

/// A `cargo-nextest` on PATH that is new enough.
fn own_nextest() -> Option<PathBuf> {
    let program = find("cargo-nextest").or_else(|| {
        let home = env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))?;
        Some(home.join("bin/cargo-nextest")).filter(|path| is_executable(path))
    })?;
    let output = capture(command(&program).args(["nextest", "--version"])).ok()?;
    (version(&output)? >= OLDEST_NEXTEST).then_some(program)
}

/// The version that a program prints: `cargo-nextest 0.9.143 (60fa45f63 2026-08-04)` and lines that
/// do not matter.
fn version(output: &str) -> Option<[u64; 3]> {
    let word = output.lines().next()?.split_whitespace().nth(1)?;
    let core = word.split(['-', '+']).next()?;
    let mut numbers = core.split('.').map(|number| number.parse().ok());
    let version = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn reads_versions_as_programs_print_them() {
        assert_eq!(version("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\nrelease: 0.9.143\n"), Some([0, 9, 143]));
        assert_eq!(version("trunk 0.21.14"), Some([0, 21, 14]));
        assert_eq!(version("cargo-nextest 0.9.99-rc.1"), Some([0, 9, 99]));
        for nonsense in ["", "cargo-nextest", "cargo-nextest 0.9", "cargo-nextest 0.9.x", "cargo-nextest 1.2.3.4"] {
            assert_eq!(version(nonsense), None, "{nonsense:?}");
        }
    }

    #[test]
    fn versions_compare_by_number() {
        assert!([0, 9, 99] < OLDEST_NEXTEST);
        assert!([0, 9, 100] >= OLDEST_NEXTEST);
        assert!([0, 10, 0] >= OLDEST_NEXTEST);
    }

    #[test]
    fn wasm_bindgen_is_the_one_the_crates_use() {
        let manifest = fs::read_to_string(crate::workspace::root().join("Cargo.toml")).unwrap();
        let pin = format!("wasm-bindgen = \"={}\"", WASM_BINDGEN.version);
        assert!(manifest.lines().any(|line| line == pin), "Cargo.toml lacks the line {pin}");
    }

    #[test]
    fn an_empty_cache_lacks_the_tools() {
        let nowhere = Path::new("/nonexistent");
        let packages: Vec<_> = missing(Purpose::Run, nowhere).iter().map(|tool| tool.package).collect();
        assert_eq!(packages, ["wasm-bindgen-cli", "trunk"]);
    }
}
