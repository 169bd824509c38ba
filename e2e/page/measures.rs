//! What is measured, inside the page where it can be. Times are milliseconds.

use std::time::Duration;

use igoon_e2e::{browser::Browser, wait};
use igoon_shared::ids::Seq;
use serde::Deserialize;
use serde_json::json;

use crate::{figures::Figures, processes::Turns};

/// Bytes per second.
const TEN_MEGABIT: u32 = 1_250_000;

/// Calls `then` with the time when what is on the page now has been painted.
const PAINTED: &str = "const painted = then => requestAnimationFrame(() => { const channel = new MessageChannel(); \
    channel.port1.onmessage = () => then(performance.now()); channel.port2.postMessage(0) });";

/// From asking for the page until the form stands there, on a slow line and a slow computer.
pub(crate) async fn until_sign_in(visitor: &Browser, url: &str) -> f64 {
    let line =
        json!({"offline": false, "latency": 40, "downloadThroughput": TEN_MEGABIT, "uploadThroughput": TEN_MEGABIT});
    visitor.devtools("Network.enable", json!({})).await;
    visitor.devtools("Network.emulateNetworkConditions", line).await;
    visitor.devtools("Emulation.setCPUThrottlingRate", json!({"rate": 4})).await;
    tell_when(visitor, "form", "document.querySelector('#password')").await;
    visitor.open(url).await;
    told(visitor, "form").await
}

/// From the next time on that the page is loaded, it tells when this has been painted first, counted from when it was asked for.
pub(crate) async fn tell_when(browser: &Browser, name: &str, condition: &str) {
    let watch = format!(
        "{{ {PAINTED} const watch = () => {{ \
            if ({condition}) painted(time => window.__{name} = time); else requestAnimationFrame(watch) }}; watch() }}"
    );
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": watch})).await;
}

/// What [`tell_when`] tells of the page that is there now.
pub(crate) async fn told(browser: &Browser, name: &str) -> f64 {
    let script = format!("return window.__{name}");
    wait::until("the page to show it", async || browser.script(&script).await.as_f64()).await
}

/// What is watched on the page; see [`watch`].
pub(crate) struct Watching<'a> {
    browser: &'a Browser,
    before: Turns,
}

/// What was seen.
pub(crate) struct Watched {
    /// Between frames.
    pub(crate) frames: Figures,
    /// Whatever kept the page from answering for more than 50 ms.
    pub(crate) tasks: Figures,
    /// From one change of the progress bar to the next, while there is one.
    pub(crate) progress: Figures,
    turns: Turns,
}

/// Watches frames, long tasks and the progress bar from now on.
pub(crate) async fn watch(browser: &Browser) -> Watching<'_> {
    let script = "const seen = window.__seen = {frames: [], tasks: [], progress: []}; \
        const observer = new PerformanceObserver(list => seen.tasks.push(...list.getEntries().map(task => task.duration))); \
        observer.observe({type: 'longtask'}); \
        let last = performance.now(), shown = null, since = last; \
        const step = now => { \
            if (window.__seen !== seen) return observer.disconnect(); \
            seen.frames.push(now - last); last = now; \
            const value = document.querySelector('.status progress')?.value ?? null; \
            if (value !== shown) { if (shown !== null && value !== null) seen.progress.push(now - since); shown = value; since = now } \
            requestAnimationFrame(step) }; \
        requestAnimationFrame(step)";
    browser.script(script).await;
    Watching { browser, before: Turns::of(browser) }
}

impl Watching<'_> {
    /// What was seen so far; no more is.
    pub(crate) async fn end(self) -> Watched {
        #[derive(Deserialize)]
        struct Seen {
            frames: Vec<f64>,
            tasks: Vec<f64>,
            progress: Vec<f64>,
        }
        let turns = self.before.until(Turns::of(self.browser));
        let seen = self.browser.script("const seen = window.__seen; delete window.__seen; return seen").await;
        let Seen { mut frames, tasks, progress } = serde_json::from_value(seen).unwrap();
        // The first one began before.
        frames.drain(..frames.len().min(1));
        Watched { frames: frames.into(), tasks: tasks.into(), progress: progress.into(), turns }
    }
}

impl Watched {
    /// In a line.
    pub(crate) fn line(&self) -> String {
        let Self { frames, tasks, turns: Turns { worked, waited }, .. } = self;
        let late = frames.above(25.0);
        format!(
            "{frames}, {late} of them late; long tasks: {tasks}; the page's thread worked for {worked:.0} and waited for a \
             processor for {waited:.0}"
        )
    }
}

/// From each key until what it wrote is presented, by the browser's own account (Event Timing, W3C), which counts in steps of
/// 8 ms and does not tell of what took less than 16: those count as 16. A task that follows the frame would not do for a
/// measure: after a key, Chromium lets tasks wait that are not needed for the next frames.
pub(crate) async fn typing(browser: &Browser, field: &str) -> Figures {
    const SHORTEST: f64 = 16.0;
    let listen = format!(
        "const keys = window.__keys = {{pressed: 0, presented: []}}; \
         window.__key = () => keys.pressed++; addEventListener('keydown', window.__key, true); \
         window.__timing = new PerformanceObserver(list => keys.presented.push( \
            ...list.getEntriesByName('keydown').map(key => key.duration))); \
         window.__timing.observe({{type: 'event', durationThreshold: {SHORTEST}}})"
    );
    browser.script(&listen).await;
    browser.find(field).await.click().await.unwrap();
    let text =
        "somebody types a sentence of ordinary length, and then half of another one, which is longer than the first";
    for key in text.chars() {
        browser.press(&key.to_string()).await;
    }
    let pressed = async || (browser.script("return window.__keys.pressed").await == text.len()).then_some(());
    wait::until("all keys to arrive", pressed).await;
    // Some frames later, all that was presented has been told of.
    let told = "const done = arguments[arguments.length - 1]; let left = 30; \
        const step = () => left-- ? requestAnimationFrame(step) : done(window.__keys.presented); step()";
    let mut keys: Vec<f64> = serde_json::from_value(browser.script_async(told).await).unwrap();
    let end = format!(
        "removeEventListener('keydown', window.__key, true); window.__timing.disconnect(); \
         document.querySelector('{field}').select()"
    );
    browser.script(&end).await;
    browser.press("\u{e017}").await;
    keys.resize(text.len(), SHORTEST);
    keys.into()
}

/// How a long way upwards went.
#[derive(Deserialize)]
pub(crate) struct Way {
    /// The beginning of the room was reached.
    pub(crate) arrived: bool,
    /// Frames in which there was nothing above yet.
    pub(crate) waited: u32,
    /// Pixels.
    pub(crate) long: f64,
}

/// Scrolls upwards, so many pixels in each frame, until the beginning of the room is reached or so many seconds are over.
pub(crate) async fn scroll_to_beginning(browser: &Browser, step: u32, seconds: u32) -> Way {
    let script = format!(
        "const box = document.querySelector('.timeline'); \
         const end = performance.now() + {seconds} * 1000; let waited = 0, long = 0; delete window.__way; \
         const step = now => {{ \
            const arrived = box.scrollTop === 0 && document.querySelector('.beginning') !== null; \
            if (arrived || now > end) {{ window.__way = {{arrived, waited, long}}; return }} \
            if (box.scrollTop === 0) waited++; \
            long += Math.min(box.scrollTop, {step}); box.scrollTop -= {step}; requestAnimationFrame(step) }}; \
         requestAnimationFrame(step)"
    );
    browser.script(&script).await;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if let Ok(way) = serde_json::from_value(browser.script("return window.__way").await) {
            return way;
        }
    }
}

/// From the press of the button that leads to the latest message until that is painted.
pub(crate) async fn jump(browser: &Browser, last: Seq) -> f64 {
    browser.find("[data-testid=jump]").await;
    let script = format!(
        "{PAINTED} const done = arguments[arguments.length - 1]; const start = performance.now(); \
         document.querySelector('[data-testid=jump]').click(); \
         const look = () => {{ \
            const row = document.querySelector('[data-seq=\"{last}\"]')?.getBoundingClientRect(); \
            if (row && row.top < innerHeight && row.bottom > 0) painted(time => done(time - start)); \
            else requestAnimationFrame(look) }}; look()"
    );
    browser.script_async(&script).await.as_f64().unwrap()
}

/// Waits until the room that is shown has come whole; how long that takes does not matter here.
pub(crate) async fn until_whole(browser: &Browser) {
    let script = "return document.querySelector('#app[data-connection=online]') !== null \
        && document.querySelector('[data-testid=message]') !== null && document.querySelector('.status .pill') === null";
    while browser.script(script).await != true {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What pages of this server have stored in this browser's database, in bytes.
pub(crate) async fn stored(browser: &Browser) -> u64 {
    let script = "const done = arguments[arguments.length - 1]; \
        navigator.storage.estimate().then(all => done(all.usageDetails?.indexedDB ?? all.usage))";
    browser.script_async(script).await.as_u64().unwrap()
}
