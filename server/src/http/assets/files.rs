//! Where the web client's files come from.

use std::{
    borrow::Cow,
    collections::HashMap,
    path::{Component, Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use igoon_shared::crypto::primitives;

/// A file of the web client, as `build.rs` embeds it.
struct Embedded {
    path: &'static str,
    bytes: &'static [u8],
    /// Absent where it would not be smaller.
    brotli: Option<&'static [u8]>,
}

mod generated {
    //! Written by `build.rs`: `ASSETS`, in debug builds `None`.
    use super::Embedded;
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// A file to be served.
#[derive(Clone)]
pub(super) struct File {
    bytes: Bytes,
    brotli: Option<Bytes>,
    etag: Cow<'static, str>,
}

impl File {
    pub(super) fn new(bytes: Bytes, brotli: Option<Bytes>) -> Self {
        let hash = primitives::sha256(&bytes);
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or(&hash)));
        Self { bytes, brotli, etag: etag.into() }
    }

    pub(super) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    pub(super) fn brotli(&self) -> Option<Bytes> {
        self.brotli.clone()
    }

    pub(super) fn etag(&self) -> &str {
        &self.etag
    }

    /// As text; empty if it is none.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }
}

/// Where files come from.
pub(super) enum Source {
    /// Inside the program.
    Fixed(HashMap<&'static str, File>),
    /// A folder, read at each request.
    Folder(PathBuf),
}

impl Source {
    /// Embedded files in a release build; else the folder `IGOON_DIST`, or the project's `dist/`.
    pub(super) fn of_this_build() -> Self {
        match generated::ASSETS {
            Some(assets) => Self::Fixed(assets.iter().map(|asset| (asset.path, asset.into())).collect()),
            None => {
                let built = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../dist"));
                Self::Folder(std::env::var_os("IGOON_DIST").map_or_else(built, PathBuf::from))
            }
        }
    }

    /// Whether the files stay as they are.
    pub(super) const fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed(_))
    }

    /// The paths of all files below the root, sorted.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths = match self {
            Self::Fixed(files) => files.keys().map(|path| (*path).to_owned()).collect(),
            Self::Folder(folder) => {
                let mut paths = Vec::new();
                collect(folder, "", &mut paths);
                paths
            }
        };
        paths.sort_unstable();
        paths
    }

    /// The file at a path below the root.
    pub(super) fn get(&self, path: &str) -> Option<File> {
        match self {
            Self::Fixed(files) => files.get(path).cloned(),
            Self::Folder(folder) => {
                let below = Path::new(path);
                let plain = below.components().all(|part| matches!(part, Component::Normal(_)));
                let bytes = plain.then(|| std::fs::read(folder.join(below)).ok()).flatten()?;
                Some(File::new(bytes.into(), None))
            }
        }
    }
}

impl From<&Embedded> for File {
    fn from(embedded: &Embedded) -> Self {
        Self::new(Bytes::from_static(embedded.bytes), embedded.brotli.map(Bytes::from_static))
    }
}

/// Adds the paths of the files in a folder that can be read; `prefix` is the folder's own, with a slash.
fn collect(folder: &Path, prefix: &str, paths: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), paths);
        } else {
            paths.push(path);
        }
    }
}

/// Whether a file's name says its content, as Trunk's do (`name-0123456789abcdef.js`, `name-0123456789abcdef_bg.wasm`): then
/// it never changes. Trunk writes the number without leading zeros; one hash in 65,536 has fewer than 13 digits.
pub(super) fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '_', '.'])
        .skip(1)
        .any(|part| part.len() >= 13 && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

/// The media type of a file by its name.
pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunks_names_are_recognised() {
        for hashed in
            ["igoon-web-0f3c9a2b1d4e5f60.js", "igoon-web-f3c9a2b1d4e5f_bg.wasm", "a/style-0123456789abcdef.css"]
        {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in ["index.html", "worker.js", "worker_bg.wasm", "0123456789abcdef.js", "icon-512.png"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path().join("dist");
        std::fs::create_dir_all(dist.join("a")).unwrap();
        std::fs::write(folder.path().join("secret"), "s").unwrap();
        std::fs::write(dist.join("a/b.txt"), "b").unwrap();
        let source = Source::Folder(dist);
        assert_eq!(source.get("a/b.txt").unwrap().text(), "b");
        assert_eq!(source.paths(), ["a/b.txt"]);
        for path in ["../secret", "a/../../secret", "/etc/passwd", "a", ""] {
            assert!(source.get(path).is_none(), "{path}");
        }
    }
}
