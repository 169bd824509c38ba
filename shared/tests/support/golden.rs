//! Files that hold what the code must make, byte for byte. `IGOON_BLESS=1` rewrites them: look at the difference before
//! committing it, since it means that other versions and other people's clients no longer understand this one.

use std::{fs, path::Path};

/// Compares `made` with the file at `path`, from this crate's folder.
pub fn assert_same(path: &str, made: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("IGOON_BLESS").is_some() {
        fs::write(&file, made).unwrap();
    }
    let kept =
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}; IGOON_BLESS=1 makes it", file.display()));
    if kept == made {
        return;
    }
    let line = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made);
    let line = line.unwrap_or_else(|| kept.lines().count().min(made.lines().count()));
    panic!(
        "{} differs from line {} on\n  kept: {}\n  made: {}\nIf this change of the wire is meant, run again with \
         IGOON_BLESS=1",
        file.display(),
        line + 1,
        kept.lines().nth(line).unwrap_or("(end)"),
        made.lines().nth(line).unwrap_or("(end)"),
    );
}
