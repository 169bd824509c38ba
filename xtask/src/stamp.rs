//! Whether files are as they were: a list of paths with their sizes and times, kept and compared.
//!
//! Cargo and Trunk know this too, but need seconds to say so.

use crate::error::{Error, Result};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// One line for each file at or under `paths` (relative to `root`), sorted: path, bytes,
/// nanoseconds since 1970. What does not exist adds nothing. Folders called `tests` are left out:
/// they never end up in a build.
pub(crate) fn of(root: &Path, paths: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    let mut lines = String::new();
    for file in files {
        let metadata = file.metadata().map_err(Error::file("look at", &file))?;
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified = modified.map_or(0, |time| time.as_nanos());
        let name = file.strip_prefix(root).unwrap_or(&file).display();
        // Writing to a String does not fail.
        writeln!(lines, "{name}\t{}\t{modified}", metadata.len()).ok();
    }
    Ok(lines)
}

/// Every file at or under `path`, in no order.
pub(crate) fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).map_err(Error::file("list", path))? {
            let entry = entry.map_err(Error::file("list", path))?;
            if entry.file_name() != "tests" {
                collect(&entry.path(), files)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    /// A folder of its own, removed at the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("igoon-stamp-{}-{name}", std::process::id()));
            fs::create_dir_all(path.join("src/deep")).unwrap();
            fs::write(path.join("src/a.rs"), "a").unwrap();
            fs::write(path.join("src/deep/b.rs"), "b").unwrap();
            fs::write(path.join("lock"), "1").unwrap();
            Self(path)
        }

        fn stamp(&self) -> String {
            of(&self.0, &["src", "lock", "missing"]).unwrap()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[test]
    fn lists_every_file_in_order() {
        let scratch = Scratch::new("order");
        let stamp = scratch.stamp();
        let names: Vec<_> = stamp.lines().map(|line| line.split('\t').next().unwrap()).collect();
        assert_eq!(names, ["lock", "src/a.rs", "src/deep/b.rs"]);
        assert_eq!(stamp, scratch.stamp());
    }

    #[test]
    fn sees_a_change_of_size_of_time_and_of_files() {
        let scratch = Scratch::new("changes");
        let before = scratch.stamp();

        fs::write(scratch.0.join("src/new.rs"), "").unwrap();
        let with_a_new_file = scratch.stamp();
        assert_ne!(before, with_a_new_file);
        fs::remove_file(scratch.0.join("src/new.rs")).unwrap();
        assert_eq!(before, scratch.stamp());

        let file = fs::File::options().write(true).open(scratch.0.join("lock")).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(5)).unwrap();
        assert_ne!(before, scratch.stamp());

        let time = file.metadata().unwrap().modified().unwrap();
        let before = scratch.stamp();
        fs::write(scratch.0.join("lock"), "22").unwrap();
        file.set_modified(time).unwrap();
        assert_ne!(before, scratch.stamp());
    }

    #[test]
    fn does_not_care_about_tests() {
        let scratch = Scratch::new("tests");
        let before = scratch.stamp();
        fs::create_dir(scratch.0.join("src/tests")).unwrap();
        fs::write(scratch.0.join("src/tests/t.rs"), "").unwrap();
        assert_eq!(before, scratch.stamp());
    }
}
