//! The folder that keeps what was built from source, outside the project so that all clones share
//! it.

use crate::error::{Error, Result};
use crate::steps;
use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// `$IGOON_CACHE`, else `$XDG_CACHE_HOME/igoon`, else `~/.cache/igoon`.
pub(crate) fn root() -> Result<PathBuf> {
    choose(|name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))
}

fn choose(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf> {
    let folder = variable("IGOON_CACHE")
        .or_else(|| Some(variable("XDG_CACHE_HOME")?.join("igoon")))
        .or_else(|| Some(variable("HOME")?.join(".cache/igoon")))
        .ok_or_else(|| Error::new("neither HOME nor IGOON_CACHE is set: set IGOON_CACHE to a folder for tools"))?;
    std::path::absolute(&folder).map_err(Error::file("find", &folder))
}

/// Waits until no other set-up runs on this cache. The lock ends with the returned file, or with
/// this process.
pub(crate) fn lock(cache: &Path) -> Result<File> {
    fs::create_dir_all(cache).map_err(Error::file("create", cache))?;
    let path = cache.join("lock");
    let file = File::create(&path).map_err(Error::file("create", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            steps::note("waiting for another set-up to end");
            file.lock().map_err(Error::file("lock", &path))?;
        }
        Err(TryLockError::Error(error)) => return Err(Error::file("lock", &path)(error)),
    }
    Ok(file)
}

/// Makes the folder `home` in the cache, whole or not at all: `work` gets a scratch folder and returns the one to keep, inside it.
/// The caller holds the lock.
pub(crate) fn make(cache: &Path, home: &Path, work: impl FnOnce(&Path) -> Result<PathBuf>) -> Result<()> {
    // Under the lock, whatever lies here is what an interrupted set-up left.
    let scratch = cache.join("unfinished");
    remove(&scratch)?;
    fs::create_dir_all(&scratch).map_err(Error::file("create", &scratch))?;
    let result = work(&scratch).and_then(|made| {
        remove(home)?;
        fs::create_dir_all(cache.join("tools")).map_err(Error::file("create", cache))?;
        fs::rename(&made, home).map_err(Error::file("create", home))
    });
    remove(&scratch)?;
    result
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file("remove", folder)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(set: &[(&str, &str)]) -> Result<PathBuf> {
        choose(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| PathBuf::from(value)))
    }

    #[test]
    fn the_most_specific_variable_wins() {
        let home = ("HOME", "/h");
        let xdg = ("XDG_CACHE_HOME", "/x");
        assert_eq!(chosen(&[home]).unwrap(), Path::new("/h/.cache/igoon"));
        assert_eq!(chosen(&[home, xdg]).unwrap(), Path::new("/x/igoon"));
        assert_eq!(chosen(&[home, xdg, ("IGOON_CACHE", "/i")]).unwrap(), Path::new("/i"));
        assert!(chosen(&[]).is_err());
    }

    #[test]
    fn a_relative_folder_is_made_absolute() {
        assert!(chosen(&[("IGOON_CACHE", "here")]).unwrap().is_absolute());
    }

    #[test]
    fn only_one_holds_the_lock() {
        let folder = env::temp_dir().join(format!("igoon-lock-{}", std::process::id()));
        let held = lock(&folder).unwrap();
        let other = File::open(folder.join("lock")).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(held);
        assert!(other.try_lock().is_ok());
        fs::remove_dir_all(&folder).unwrap();
    }
}
