//! What is measured, inside the page where it can be.

use std::{fs, process::Command};

use igoon_e2e::browser::Browser;
use serde_json::json;

/// Bytes per second.
const TEN_MEGABIT: u32 = 1_250_000;

/// Milliseconds from asking for the page until the form stands there.
pub(crate) async fn until_sign_in(visitor: &Browser, url: &str) -> f64 {
    let line =
        json!({"offline": false, "latency": 40, "downloadThroughput": TEN_MEGABIT, "uploadThroughput": TEN_MEGABIT});
    visitor.devtools("Network.enable", json!({})).await;
    visitor.devtools("Network.emulateNetworkConditions", line).await;
    visitor.devtools("Emulation.setCPUThrottlingRate", json!({"rate": 4})).await;
    let watch = "const watch = () => { \
        if (document.querySelector('#password')) window.__usable = performance.now(); else requestAnimationFrame(watch) }; watch()";
    visitor.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": watch})).await;
    visitor.open(url).await;
    visitor.find("#password").await;
    visitor.script("return window.__usable").await.as_f64().unwrap()
}

/// Milliseconds from each key to the next paint; below 16 the browser does not say.
pub(crate) async fn typing(ada: &Browser) -> Vec<f64> {
    ada.script(
        "window.__keys = []; new PerformanceObserver(list => list.getEntries().forEach(entry => { \
            if (entry.name === 'keydown') window.__keys.push(entry.duration) })) \
         .observe({type: 'event', durationThreshold: 16})",
    )
    .await;
    ada.find("#composer").await.click().await.unwrap();
    let text = "somebody types a sentence of ordinary length, and then half of another one";
    for key in text.chars() {
        ada.press(&key.to_string()).await;
    }
    ada.script_async("setTimeout(arguments[arguments.length - 1], 500)").await;
    let mut slow: Vec<f64> = serde_json::from_value(ada.script("return window.__keys").await).unwrap();
    slow.resize(text.len().max(slow.len()), 16.0);
    slow
}

/// Milliseconds between frames while the timeline is scrolled for five seconds.
pub(crate) async fn scrolling(ada: &Browser) -> Vec<f64> {
    let script = "const done = arguments[arguments.length - 1]; \
        let box = document.querySelector('[data-testid=message]'); \
        while (box && box.scrollHeight <= box.clientHeight + 1) box = box.parentElement; \
        const times = []; let last = performance.now(); const end = last + 5000; \
        const step = now => { times.push(now - last); last = now; box.scrollTop -= 120; \
            if (now < end) requestAnimationFrame(step); else done(times.slice(2)) }; \
        requestAnimationFrame(step)";
    serde_json::from_value(ada.script_async(script).await).unwrap()
}

/// Memory, in KiB.
pub(crate) struct Memory {
    /// What the page's scripts hold after a collection; WASM's memory is not in it.
    pub(crate) heap: u64,
    /// All processes of the browser.
    pub(crate) resident: u64,
}

/// What the browser takes now.
pub(crate) async fn memory(ada: &Browser) -> Memory {
    ada.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let heap = ada.devtools("Runtime.getHeapUsage", json!({})).await["usedSize"].as_f64().unwrap_or_default();
    let listed = Command::new("ps").args(["-eo", "pid=,ppid="]).output().unwrap().stdout;
    let listed = String::from_utf8(listed).unwrap();
    let pairs: Vec<(u32, u32)> = listed
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
            Some((numbers.next()??, numbers.next()??))
        })
        .collect();
    let mut family = vec![ada.driver_pid().unwrap()];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(pairs.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    let resident = family.iter().skip(1).filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok());
    let resident = resident.filter_map(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:").map(str::to_owned))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    Memory { heap: (heap / 1024.0) as u64, resident: resident.sum() }
}

/// Median, 95th percentile and worst.
pub(crate) fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |share: usize| {
        values.get((values.len() * share / 100).min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
    };
    format!("median {:.0}, 95 % {:.0}, worst {:.0} of {}", at(50), at(95), at(100), values.len())
}
