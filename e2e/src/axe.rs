//! axe-core: what in a page keeps out people who cannot see it well, or cannot point at it.

use std::{fs, sync::OnceLock};

use serde::Deserialize;

use crate::browser::Browser;

/// What axe looks for: WCAG 2.2 at level AA with all that it builds on, and what axe calls best practices.
const TAGS: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

#[derive(Deserialize)]
struct Violation {
    id: String,
    help: String,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    html: String,
    #[serde(rename = "failureSummary")]
    summary: Option<String>,
}

/// What axe finds wrong with the page as it is shown, one text each.
///
/// # Panics
/// When axe is not there: `cargo xtask test` brings it and sets `IGOON_AXE`.
pub async fn violations(browser: &Browser) -> Vec<String> {
    let loaded = browser.script("return typeof axe === 'object'").await;
    if loaded != true {
        browser.script(source()).await;
    }
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         axe.run(document, {{runOnly: {{type: 'tag', values: {TAGS}}}, resultTypes: ['violations']}}) \
            .then(found => done(found.violations), failed => done([{{id: 'axe', help: String(failed), nodes: []}}]))"
    );
    let found: Vec<Violation> = serde_json::from_value(browser.script_async(&script).await).unwrap();
    found.iter().map(Violation::told).collect()
}

impl Violation {
    fn told(&self) -> String {
        let mut text = format!("{}: {}", self.id, self.help);
        for node in &self.nodes {
            let summary = node.summary.as_deref().unwrap_or_default().replace('\n', " ");
            text += &format!("\n    {}\n      {summary}", node.html.chars().take(200).collect::<String>());
        }
        text
    }
}

fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let path = std::env::var_os("IGOON_AXE").expect("`cargo xtask test` brings axe-core and sets IGOON_AXE");
        // A UMD module: without `module` and `define` it makes a global.
        fs::read_to_string(path).expect("axe-core can be read")
    })
}
