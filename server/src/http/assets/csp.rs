//! What the web client's pages may do (Content Security Policy, level 3): run what this server serves and nothing else, talk
//! to this server and nobody else.

use actix_web::http::header::HeaderValue;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use igoon_shared::crypto::primitives;

/// The policy of a page; `connect` lists where it may connect to.
pub(super) fn policy(page: &str, connect: &str) -> HeaderValue {
    let hashes: String = inline_scripts(page).map(|script| format!(" {}", hash(script))).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; connect-src {connect}; \
         img-src 'self' data:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// How a policy names an inline script: it runs if these are its very bytes.
fn hash(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(primitives::sha256(script.as_bytes())))
}

/// The scripts that stand in the page itself. The page is our own build's; this need not understand all of HTML.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        let refers = attributes.split_whitespace().any(|attribute| attribute.starts_with("src"));
        (!refers && !script.is_empty()).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><script type=\"module\">\nimport init from '/app.js';\n</script>\
        <script src=\"/other.js\"></script><script>alert(1)</script></html>";

    #[test]
    fn inline_scripts_are_found_and_others_are_not() {
        let found: Vec<_> = inline_scripts(PAGE).collect();
        assert_eq!(found, ["\nimport init from '/app.js';\n", "alert(1)"]);
    }

    #[test]
    fn a_script_is_named_by_its_hash() {
        // The example of CSP level 3, section 6.7.3.3.
        assert_eq!(hash("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
        let policy = policy(PAGE, "'self' ws://127.0.0.1:1");
        let policy = policy.to_str().unwrap();
        assert!(policy.contains(&format!(
            "'wasm-unsafe-eval' {} {};",
            hash("\nimport init from '/app.js';\n"),
            hash("alert(1)")
        )));
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:1;"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval'  "));
    }
}
