//! Updates of the app: noticed, offered, loaded. The service worker (`sw.js`) keeps the files; this looks whether the server
//! has others, and changes to them when the person says so.
//!
//! A page is of the build whose files it names: their names carry their hashes.

mod browser;

pub use self::browser::{keep, load, look};

/// In the page that the server has now: what it certainly names.
const MARK: &str = "/igoon-page-";

/// Whether the page that the server has now (`served`) is of another build than the one that names these files.
#[must_use]
pub fn is_of_another_build(named: &[String], served: &str) -> bool {
    // Something in between may answer in the server's place.
    let is_ours = served.contains(MARK);
    is_ours && named.iter().any(|file| !served.contains(file.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVED: &str = r#"<link rel="stylesheet" href="/base-5094b77ce4e7b882.css" integrity="sha384-x"/>
        <script type="module">import init from '/igoon-page-5db41ff19847ac09.js';</script>"#;

    fn named(files: &[&str]) -> Vec<String> {
        files.iter().map(|file| (*file).to_owned()).collect()
    }

    #[test]
    fn a_page_whose_files_are_all_there_is_the_present_one() {
        assert!(!is_of_another_build(
            &named(&["/base-5094b77ce4e7b882.css", "/igoon-page-5db41ff19847ac09.js"]),
            SERVED
        ));
    }

    #[test]
    fn one_file_with_another_hash_makes_another_build() {
        assert!(is_of_another_build(
            &named(&["/base-5094b77ce4e7b882.css", "/igoon-page-0000000000000000.js"]),
            SERVED
        ));
        assert!(is_of_another_build(&named(&["/base-0000000000000000.css"]), SERVED));
    }

    #[test]
    fn what_a_proxy_says_is_no_build() {
        for served in ["", "<html><h1>502 Bad Gateway</h1></html>", "<html>Sign in to this network</html>"] {
            assert!(!is_of_another_build(&named(&["/igoon-page-5db41ff19847ac09.js"]), served));
        }
    }
}
