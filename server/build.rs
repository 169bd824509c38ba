//! Puts the web client into release builds: every file of the project's `dist/`, as it is and brotli-compressed. Debug
//! builds get none and read `dist/` from disk. Without `dist/` the server compiles all the same and serves a page that
//! says what to do.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

#[path = "src/http/assets/compress.rs"]
mod compress;

fn main() -> io::Result<()> {
    let variable = |name: &str| env::var(name).map_err(|_| io::Error::other(format!("{name} is not set")));
    let dist = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../dist");
    let out = PathBuf::from(variable("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/http/assets/compress.rs");
    let mut code = fs::File::create(out.join("assets.rs"))?;
    if variable("PROFILE")? != "release" {
        return writeln!(code, "pub(super) const ASSETS: Option<&[Embedded]> = None;");
    }
    println!("cargo:rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    if dist.is_dir() {
        collect(&dist, &mut files)?;
    }
    files.sort();
    writeln!(code, "pub(super) const ASSETS: Option<&[Embedded]> = Some(&[")?;
    for (number, file) in files.iter().enumerate() {
        let name = file.strip_prefix(&dist).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let bytes = fs::read(file)?;
        let copy = out.join(format!("{number}"));
        fs::write(&copy, &bytes)?;
        let brotli = match compress::brotli(&bytes)? {
            Some(small) => {
                let small_copy = out.join(format!("{number}.br"));
                fs::write(&small_copy, small)?;
                format!("Some(include_bytes!({small_copy:?}))")
            }
            None => "None".to_owned(),
        };
        writeln!(code, "    Embedded {{ path: {name:?}, bytes: include_bytes!({copy:?}), brotli: {brotli} }},")?;
    }
    writeln!(code, "]);")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
