//! What a browser with the page takes.

use igoon_e2e::browser::Browser;
use serde_json::json;

use crate::{figures::growth_per_hour, processes};

/// At one moment, after a collection.
pub(crate) struct Memory {
    /// What the page's scripts hold, in KiB: neither WASM's memory nor the worker.
    heap: f64,
    /// Nodes of documents.
    nodes: f64,
    /// What listens to events.
    listeners: f64,
    /// The process of page and worker, with both their programs' memory, in KiB.
    page: f64,
    /// All processes of the browser, in KiB.
    browser: f64,
}

impl Memory {
    /// Looks now.
    pub(crate) async fn of(browser: &Browser) -> Self {
        browser.devtools("Performance.enable", json!({})).await;
        browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
        let heap = browser.devtools("Runtime.getHeapUsage", json!({})).await["usedSize"].as_f64().unwrap() / 1024.0;
        let metrics = browser.devtools("Performance.getMetrics", json!({})).await["metrics"].take();
        let metric = |name: &str| {
            let found = metrics.as_array().into_iter().flatten().find(|metric| metric["name"] == name);
            found.and_then(|metric| metric["value"].as_f64()).unwrap()
        };
        let family = processes::of(browser);
        let sizes =
            family.iter().filter_map(|pid| Some((processes::is_page(*pid), processes::proportional_size(*pid)?)));
        let (mut page, mut all) = (0.0, 0.0);
        for (is_page, size) in sizes {
            all += size;
            page += if is_page { size } else { 0.0 };
        }
        Self { heap, nodes: metric("Nodes"), listeners: metric("JSEventListeners"), page, browser: all }
    }
}

impl std::fmt::Display for Memory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { heap, nodes, listeners, page, browser } = self;
        write!(
            formatter,
            "page and worker {page:.0} KiB, whole browser {browser:.0} KiB; of scripts {heap:.0} KiB, {nodes} nodes, \
             {listeners} listeners"
        )
    }
}

/// How it went from minute to minute.
pub(crate) fn growth(all: &[Memory]) -> String {
    let later = all.get(all.len() / 2..).unwrap_or_default();
    let of =
        |taken: &[Memory], field: fn(&Memory) -> f64| growth_per_hour(&taken.iter().map(field).collect::<Vec<_>>());
    let [page, heap, nodes] =
        [|memory: &Memory| memory.page, |memory: &Memory| memory.heap, |memory: &Memory| memory.nodes]
            .map(|field: fn(&Memory) -> f64| (of(all, field), of(later, field)));
    format!(
        "in an hour, at this rate (in the second half): page and worker {:+.0} ({:+.0}) KiB, scripts {:+.0} ({:+.0}) KiB, \
         nodes {:+.0} ({:+.0})",
        page.0, page.1, heap.0, heap.1, nodes.0, nodes.1
    )
}
