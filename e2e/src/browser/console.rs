//! What pages wrote to the console as warnings and errors.

use std::fs;

use fantoccini::{Client, wd::WebDriverCompatibleCommand};
use serde_json::json;

/// Chromium's, since the last call.
pub(super) async fn of_chromium(client: &Client) -> Vec<String> {
    #[derive(Debug)]
    struct Log;
    impl WebDriverCompatibleCommand for Log {
        fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
            base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
        }
        fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
            (http::Method::POST, Some(json!({"type": "browser"}).to_string()))
        }
    }
    let entries = client.issue_cmd(Log).await.unwrap();
    let entries = entries.as_array().cloned().unwrap_or_default();
    let loud = entries.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
    loud.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Firefox's, in what it printed from byte `from` on; and how far that was.
pub(super) fn of_firefox(log: &std::path::Path, from: usize) -> (Vec<String>, usize) {
    let bytes = fs::read(log).unwrap();
    let printed = String::from_utf8_lossy(&bytes[from.min(bytes.len())..]);
    (printed.lines().filter(|line| is_a_pages(line)).map(str::to_owned).collect(), bytes.len())
}

/// What Firefox says of a worker that was at work when its page was left: it is ended wherever it is.
const ENDED: &str = "Script terminated by timeout at:";

/// Pages write text, which stands in quotes; what the browser itself writes does not, and its own errors are in its own files.
fn is_a_pages(line: &str) -> bool {
    let console = ["console.error: \"", "console.warn: \"", "console.assert: \""];
    let scripts = ["JavaScript error: http", "JavaScript warning: http"];
    console.iter().chain(&scripts).any(|beginning| line.starts_with(beginning)) && !line.ends_with(ENDED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firefox_prints_what_pages_write_and_what_it_writes_itself() {
        for (line, expected) in [
            ("console.error: \"panicked at src/main.rs\"", true),
            ("JavaScript error: http://127.0.0.1:9733/, line 1: Error: thrown", true),
            ("JavaScript warning: http://127.0.0.1:9733/a_bg.wasm, line 0: Script terminated by timeout at:", false),
            ("console.log: \"hello\"", false),
            ("console.error: RSLoader: ", false),
            ("JavaScript error: resource://gre/modules/PrivateBrowsingUtils.sys.mjs, line 50: TypeError", false),
        ] {
            assert_eq!(is_a_pages(line), expected, "{line}");
        }
    }
}
