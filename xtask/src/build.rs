//! Builds the web client and the server; `cargo xtask build`.

use crate::error::{Error, Result};
use crate::process::{self, command};
use crate::setup::{self, Purpose, Tools};
use crate::steps::{self, Steps};
use crate::{stamp, workspace};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the web client is made of.
const WEB_INPUTS: [&str; 7] =
    ["shared", "yew", "web-client", "Cargo.lock", "Cargo.toml", "Trunk.toml", "rust-toolchain.toml"];

/// `cargo xtask build`.
pub(crate) fn build() -> Result<()> {
    let mut steps = Steps::new(3);
    let tools = steps.step("Set-up", || setup::bring(Purpose::Run))?;
    steps.step("Building the web client", || web_client(&tools))?;
    let server = steps.step("Building the server", || server(true))?;

    let report = report(&server, &workspace::dist())?;
    std::io::stdout()
        .write_all(report.as_bytes())
        .map_err(|error| Error::new(format!("cannot print the result: {error}")))
}

/// Builds the web client into `dist/`, unless it is there and nothing has changed.
pub(crate) fn web_client(tools: &Tools) -> Result<()> {
    let kept = workspace::target()?.join("xtask/web-client.stamp");
    let inputs = web_inputs(tools)?;
    if is_fresh(&kept, &inputs)? {
        steps::note("unchanged");
        return Ok(());
    }
    // Trunk builds offline.
    process::run(process::cargo().args(["fetch", "--quiet"]))?;
    let mut trunk = command(&tools.trunk);
    trunk.arg("build").current_dir(workspace::root()).env("PATH", process::path_with(&tools.wasm_bindgen)?);
    if std::env::var_os("NO_COLOR").is_some() {
        // Trunk takes nothing but `true` or `false`.
        trunk.env("NO_COLOR", "true");
    }
    process::run(&mut trunk)?;

    // The inputs as they were before: what was edited meanwhile is built next time.
    let folder = kept.parent().unwrap_or(&kept);
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    fs::write(&kept, inputs + &dist_stamp()?).map_err(Error::file("write", &kept))
}

/// Builds the server alone; returns the program.
pub(crate) fn server(release: bool) -> Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--package", "igoon-server"]);
    if release {
        cargo.arg("--release");
    }
    process::run(&mut cargo)?;
    program("igoon-server", release)
}

/// Where cargo puts a program of the workspace.
pub(crate) fn program(name: &str, release: bool) -> Result<PathBuf> {
    let profile = if release { "release" } else { "debug" };
    Ok(workspace::target()?.join(profile).join(name))
}

fn web_inputs(tools: &Tools) -> Result<String> {
    let files = stamp::of(workspace::root(), &WEB_INPUTS)?;
    Ok(format!("{}\n{}\n{files}", tools.trunk.display(), tools.wasm_bindgen.display()))
}

/// Part of the stamp, so that a `dist/` that someone else built or touched is not taken for ours.
fn dist_stamp() -> Result<String> {
    stamp::of(workspace::root(), &["dist"])
}

fn is_fresh(kept: &Path, inputs: &str) -> Result<bool> {
    if !workspace::dist().join("index.html").is_file() {
        return Ok(false);
    }
    let dist = dist_stamp()?;
    Ok(fs::read_to_string(kept).is_ok_and(|kept| kept == format!("{inputs}{dist}")))
}

/// The program and the WASM inside it, with their sizes.
fn report(server: &Path, dist: &Path) -> Result<String> {
    let mut lines = format!("{}  {}\n", server.display(), size(server)?);
    let mut files = Vec::new();
    stamp::collect(dist, &mut files)?;
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wasm")) {
        let name = file.strip_prefix(dist).unwrap_or(file).display();
        lines += &format!("  {name}  {}", size(file)?);
        let compressed = file.with_added_extension("br");
        if compressed.is_file() {
            lines += &format!(", {} as brotli", size(&compressed)?);
        }
        lines.push('\n');
    }
    Ok(lines)
}

fn size(file: &Path) -> Result<String> {
    let bytes = file.metadata().map_err(Error::file("look at", file))?.len();
    Ok(kilobytes(bytes))
}

/// Thousands of bytes, rounded up, with the thousands set apart: `12 345 kB`.
fn kilobytes(bytes: u64) -> String {
    let kilobytes = bytes.div_ceil(1000);
    match (kilobytes / 1000, kilobytes % 1000) {
        (0, rest) => format!("{rest} kB"),
        (thousands, rest) => format!("{thousands} {rest:03} kB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(kilobytes(0), "0 kB");
        assert_eq!(kilobytes(1), "1 kB");
        assert_eq!(kilobytes(162_000), "162 kB");
        assert_eq!(kilobytes(12_045_001), "12 046 kB");
    }

    #[test]
    fn the_report_shows_each_wasm_raw_and_compressed() {
        let folder = std::env::temp_dir().join(format!("igoon-report-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in [("server", 5000), ("b.wasm", 2000), ("a.wasm", 3000), ("a.wasm.br", 1000), ("a.js", 10)] {
            fs::write(folder.join(name), vec![0; bytes]).unwrap();
        }
        let report = report(&folder.join("server"), &folder).unwrap();
        let lines: Vec<_> = report.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].ends_with("/server  5 kB"));
        assert_eq!(lines[1], "  a.wasm  3 kB, 1 kB as brotli");
        assert_eq!(lines[2], "  b.wasm  2 kB");
        fs::remove_dir_all(&folder).unwrap();
    }
}
