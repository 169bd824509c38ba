//! The service worker's script (<https://w3c.github.io/ServiceWorker/>): the web client's own text, `sw.js`, with what only
//! the server knows in front of it: which files it serves, and their hashes. So the list is true of what is served,
//! whatever built it, and any change of a file makes another script, which is how browsers notice an update.

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_shared::crypto::primitives;

use super::{
    INDEX, compress,
    files::{File, Source},
};

/// Where it is served; above all the pages that it answers for.
pub(super) const PATH: &str = "sw.js";

/// The script for these files; `None` where the web client has none.
pub(super) fn script(source: &Source) -> Option<File> {
    let own = source.get(PATH)?;
    let mut build = own.bytes().to_vec();
    let mut files = BTreeMap::new();
    for path in source.paths() {
        if path == PATH {
            continue;
        }
        let Some(file) = source.get(&path) else { continue };
        let hash = primitives::sha256(&file.bytes());
        build.extend_from_slice(path.as_bytes());
        build.extend_from_slice(&hash);
        let address = if path == INDEX { "/".to_owned() } else { format!("/{path}") };
        files.insert(address, format!("sha256-{}", STANDARD.encode(hash)));
    }
    let build = URL_SAFE_NO_PAD.encode(primitives::sha256(&build));
    let files = serde_json::to_string(&files).ok()?;
    let mut text = String::new();
    let _ = writeln!(text, "const BUILD = \"{build}\";");
    let _ = writeln!(text, "const FROM_DISK = {};", !source.is_fixed());
    let _ = writeln!(text, "const FILES = {files};");
    text.push_str(own.text());
    // One that is made anew at each request is not worth the work.
    let brotli = if source.is_fixed() { compress::brotli(text.as_bytes()).ok()? } else { None };
    Some(File::new(text.into(), brotli.map(Into::into)))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn dist(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dist = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dist.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dist
    }

    fn script_of(files: &[(&str, &str)]) -> Option<String> {
        let dist = dist(files);
        script(&Source::Folder(dist.path().to_owned())).map(|script| script.text().to_owned())
    }

    #[test]
    fn the_script_names_every_file_but_itself_with_its_hash() {
        let text = script_of(&[("sw.js", "// own text\n"), ("index.html", ""), ("icons/a.png", "a")]).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "const FROM_DISK = true;");
        // SHA-256 of nothing, and of "a" (FIPS 180-4; RFC 4648 for the base64).
        let files = "const FILES = {\"/\":\"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\",\
            \"/icons/a.png\":\"sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\"};";
        assert_eq!(lines[2], files);
        assert_eq!(lines[3], "// own text");
    }

    #[test]
    fn any_change_makes_another_script() {
        let before = [("sw.js", "s"), ("index.html", "i"), ("a.css", "a")];
        let script = |files: &[(&str, &str)]| script_of(files).unwrap();
        assert_eq!(script(&before), script(&before));
        for after in [
            [("sw.js", "S"), ("index.html", "i"), ("a.css", "a")],
            [("sw.js", "s"), ("index.html", "I"), ("a.css", "a")],
            [("sw.js", "s"), ("index.html", "i"), ("b.css", "a")],
        ] {
            let build = |text: String| text.lines().next().unwrap().to_owned();
            assert_ne!(build(script(&before)), build(script(&after)));
        }
    }

    #[test]
    fn a_script_that_stays_as_it_is_is_compressed_once() {
        let own = File::new("// own text\n".repeat(20).into(), None);
        let script = script(&Source::Fixed([(PATH, own)].into())).unwrap();
        let (small, mut text) = (script.brotli().unwrap(), String::new());
        brotli::Decompressor::new(&*small, 4096).read_to_string(&mut text).unwrap();
        assert_eq!(text, script.text());
        assert!(small.len() < text.len());
    }

    #[test]
    fn without_a_text_of_its_own_there_is_no_script() {
        assert_eq!(script_of(&[("index.html", "i")]), None);
    }
}
