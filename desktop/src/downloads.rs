//! A file of the page's among the downloads: written piece by piece beside its place, and given its name once it is whole.

use std::{
    ffi::OsStr,
    fs, io,
    io::Write as _,
    path::{Component, Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use tempfile::NamedTempFile;

/// A file that is not whole yet. Dropped, it vanishes.
struct Begun {
    file: NamedTempFile,
    name: PathBuf,
    folder: PathBuf,
}

/// The file that is being written, if one is.
#[derive(Default)]
pub(crate) struct Downloads(Mutex<Option<Begun>>);

impl Downloads {
    /// Begins a file in this folder, in place of one that was not finished.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::InvalidInput`] when the name is not that of a file in the folder.
    pub(crate) fn begin(&self, folder: PathBuf, name: &str) -> io::Result<()> {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *begun = None;
        let name = PathBuf::from(name);
        let mut parts = name.components();
        let (Some(Component::Normal(_)), None) = (parts.next(), parts.next()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        fs::create_dir_all(&folder)?;
        // Made with mode 0600.
        let file = tempfile::Builder::new().prefix(".igoon-").suffix(".part").tempfile_in(&folder)?;
        *begun = Some(Begun { file, name, folder });
        Ok(())
    }

    /// Writes at the end of the file that was begun. When that fails, the file is gone.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::NotFound`] when none was begun.
    pub(crate) fn add(&self, bytes: &[u8]) -> io::Result<()> {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut part = begun.take().ok_or(io::ErrorKind::NotFound)?;
        part.file.write_all(bytes)?;
        *begun = Some(part);
        Ok(())
    }

    /// Gives the file its name, or the first free one of that name with a number; where it is. On disk once this returns.
    ///
    /// # Errors
    /// The system's; the file is gone then. [`io::ErrorKind::NotFound`] when none was begun.
    pub(crate) fn finish(&self) -> io::Result<PathBuf> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Begun { mut file, name, folder } = begun.ok_or(io::ErrorKind::NotFound)?;
        file.as_file().sync_all()?;
        for number in 1_u32.. {
            let path = folder.join(numbered(&name, number));
            match file.persist_noclobber(&path) {
                Ok(_) => return Ok(path),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => file = error.file,
                Err(error) => return Err(error.error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

/// `name.html`, `name (2).html`, and so on.
fn numbered(name: &Path, number: u32) -> PathBuf {
    if number < 2 {
        return name.to_owned();
    }
    let mut numbered = name.file_stem().unwrap_or_default().to_owned();
    numbered.push(format!(" ({number})"));
    if let Some(ending) = name.extension().and_then(OsStr::to_str) {
        numbered.push(format!(".{ending}"));
    }
    numbered.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(downloads: &Downloads, folder: &Path, name: &str, pieces: &[&[u8]]) -> io::Result<PathBuf> {
        downloads.begin(folder.to_owned(), name)?;
        pieces.iter().try_for_each(|piece| downloads.add(piece))?;
        downloads.finish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_whole_or_not_there_and_takes_no_others_place() {
        let place = tempfile::tempdir().unwrap();
        let (folder, downloads) = (place.path().join("Downloads"), Downloads::default());
        let first = saved(&downloads, &folder, "Igoon Room 2026-11-25.html", &[b"one, ", b"two"]).unwrap();
        assert_eq!(fs::read(&first).unwrap(), b"one, two");
        let second = saved(&downloads, &folder, "Igoon Room 2026-11-25.html", &[b"three"]).unwrap();
        assert_eq!(fs::read(&first).unwrap(), b"one, two");
        assert_eq!(fs::read(second).unwrap(), b"three");
        assert_eq!(names(&folder), ["Igoon Room 2026-11-25 (2).html", "Igoon Room 2026-11-25.html"]);

        downloads.begin(folder.clone(), "begun.html").unwrap();
        downloads.add(b"half").unwrap();
        downloads.begin(folder.clone(), "another.html").unwrap();
        assert_eq!(names(&folder).len(), 3, "one that is not whole, in place of the other");
        drop(downloads);
        assert_eq!(names(&folder).len(), 2, "nothing of what was not finished is left");
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let place = tempfile::tempdir().unwrap();
        let (folder, downloads) = (place.path().join("Downloads"), Downloads::default());
        for name in ["", ".", "..", "../x", "/etc/passwd", "a/b", "a/../../b"] {
            let refused = saved(&downloads, &folder, name, &[b"x"]).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput, "{name}");
        }
        assert!(!folder.exists());
        for absent in [downloads.add(b"x"), downloads.finish().map(drop)] {
            assert_eq!(absent.unwrap_err().kind(), io::ErrorKind::NotFound);
        }
    }
}
