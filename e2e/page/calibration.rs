//! What this computer can do at this moment, apart from the page: figures of a busy one say little without.

use std::fs;

use igoon_e2e::browser::{Browser, Driver};

use crate::measures;

/// A browser that shows nothing but a field.
pub(crate) struct Calibration(Browser);

impl Calibration {
    pub(crate) async fn start(driver: &Driver) -> Self {
        let browser = driver.browser("empty").await;
        browser.script("document.body.append(document.createElement('textarea'))").await;
        Self(browser)
    }

    /// One line: how long a fixed loop takes, how frames come on an empty page, how keys do, how many programs want the processor.
    pub(crate) async fn look(&self) {
        let spin = "const start = performance.now(); let x = 1; \
            for (let turn = 0; turn < 1e8; turn++) x = Math.imul(x, 1103515245) + 12345 | 0; \
            return [performance.now() - start, x][0]";
        let spun = self.0.script(spin).await.as_f64().unwrap();
        let watching = measures::watch(&self.0).await;
        self.0.script_async("setTimeout(arguments[arguments.length - 1], 2000)").await;
        let frames = watching.end().await.frames;
        let keys = measures::typing(&self.0, "textarea").await;
        let load = fs::read_to_string("/proc/loadavg").unwrap();
        let load = load.split(' ').next().unwrap_or_default();
        println!(
            "[ now: a fixed loop takes {spun:.0} ms; frames of an empty page, ms: {frames}; keys there, to their frame: {keys}; \
             load {load} ]"
        );
    }
}

/// How many processors there are.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}
