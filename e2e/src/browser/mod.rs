//! Real browsers: Chromium and Firefox, each driven by its own driver process ([`Driver`]), with a fresh profile; on which screen
//! ([`View`]); by somebody who has only a keyboard ([`keyboard`]); and what pages store in them (`storage`).

mod console;
mod downloads;
mod driver;
pub mod keyboard;
mod storage;
mod view;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use fantoccini::{Client, Locator, elements::Element, wd::WindowHandle};
use serde_json::{Value, json};

use self::driver::Process;
pub use self::{
    driver::{Driver, Engine},
    view::{VIEWS, View},
};
use crate::wait;

/// One browser with one window in front.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    name: String,
    /// Absent where it is no browser: the desktop app's web view.
    process: Option<Process>,
    /// How far the driver's log has been read.
    heard: AtomicUsize,
}

impl Browser {
    fn new(client: Client, name: &str, process: Process) -> Self {
        Self { process: Some(process), ..Self::of(client, name) }
    }

    /// One that another driver opened.
    pub(crate) fn of(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned(), process: None, heard: AtomicUsize::new(0) }
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Loads the page again, as a person does. Firefox's driver would leave out the service worker, as with Shift held down.
    pub async fn reload(&self) {
        match &self.process {
            Some(process) if process.engine == Engine::Firefox => {
                self.open(&self.address().await).await;
            }
            _ => self.client.refresh().await.unwrap(),
        }
    }

    /// The element, once it is there and shown.
    pub async fn find(&self, css: &str) -> Element {
        let found = tokio::time::timeout(wait::DEADLINE, async {
            loop {
                if let Ok(element) = self.client.find(Locator::Css(css)).await
                    && element.is_displayed().await.unwrap_or(false)
                {
                    return element;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        match found.await {
            Ok(element) => element,
            Err(_) => panic!(
                "{} does not show {css} but {}\nconsole: {:#?}",
                self.name,
                self.seen().await,
                self.console().await
            ),
        }
    }

    /// What can be seen, briefly: for whoever reads a failure.
    async fn seen(&self) -> Value {
        self.script("return [location.href, document.querySelector('#app')?.dataset.page, document.body.innerText.slice(0, 800)]")
            .await
    }

    /// Types into a field that is empty.
    pub async fn fill(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }

    /// Types into a field in place of what is there.
    pub async fn refill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits until the page is this one, as `data-page` names it.
    pub async fn until_page(&self, page: &str) {
        self.find(&format!("#app[data-page={page}]")).await;
    }

    /// Waits until the text of the first element that matches holds this.
    pub async fn until_says(&self, css: &str, words: &str) {
        wait::until(&format!("{} to say {words:?} in {css}", self.name), async || {
            self.texts(css).await.first().is_some_and(|text| text.contains(words)).then_some(())
        })
        .await;
    }

    /// Waits until nothing matches.
    pub async fn until_none(&self, css: &str) {
        let none = async || self.texts(css).await.is_empty().then_some(());
        wait::until(&format!("{} to show no {css}", self.name), none).await;
    }

    /// Clicks.
    pub async fn click(&self, css: &str) {
        wait::until(&format!("{} to let {css} be clicked", self.name), async || {
            let element = self.find(css).await;
            if element.is_enabled().await.unwrap_or(false) { element.click().await.ok() } else { None }
        })
        .await;
    }

    /// The value of a field.
    pub async fn value(&self, css: &str) -> String {
        let element = self.find(css).await;
        element.prop("value").await.unwrap().unwrap_or_default()
    }

    /// The texts of all elements that match, in order.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = "return Array.from(document.querySelectorAll(arguments[0]), e => e.textContent)";
        let found = self.client.execute(script, vec![json!(css)]).await.unwrap();
        serde_json::from_value(found).unwrap()
    }

    /// An attribute of all elements that match, in order.
    pub async fn attributes(&self, css: &str, name: &str) -> Vec<Option<String>> {
        let script = "return Array.from(document.querySelectorAll(arguments[0]), e => e.getAttribute(arguments[1]))";
        let found = self.client.execute(script, vec![json!(css), json!(name)]).await.unwrap();
        serde_json::from_value(found).unwrap()
    }

    /// Waits until the texts of all elements that match are these.
    pub async fn until_texts(&self, css: &str, expected: &[&str]) {
        let mut last = Vec::new();
        let end = Instant::now() + wait::DEADLINE;
        while Instant::now() < end {
            last = self.texts(css).await;
            if last == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} shows {last:?} instead of {expected:?}\nconsole: {:#?}", self.name, self.console().await);
    }

    /// Runs a script and gives what it returns.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Runs a script that calls its last argument back, and waits until it does.
    pub async fn script_async(&self, script: &str) -> Value {
        self.client.execute_async(script, vec![]).await.unwrap()
    }

    /// What pages wrote to the console as warnings and errors since the last call. A web view keeps no such list.
    pub async fn console(&self) -> Vec<String> {
        match &self.process {
            None => Vec::new(),
            Some(process) if process.engine == Engine::Chromium => console::of_chromium(&self.client).await,
            Some(process) => {
                let (lines, read) = console::of_firefox(&process.log, self.heard.load(Ordering::Relaxed));
                self.heard.store(read, Ordering::Relaxed);
                lines
            }
        }
    }

    /// Opens a further tab and goes there.
    pub async fn new_tab(&self) -> WindowHandle {
        let tab = self.client.new_window(true).await.unwrap().handle;
        self.go_to_tab(tab.clone()).await;
        tab
    }

    /// The tab in front.
    pub async fn tab(&self) -> WindowHandle {
        self.client.window().await.unwrap()
    }

    /// All tabs.
    pub async fn tabs(&self) -> Vec<WindowHandle> {
        self.client.windows().await.unwrap()
    }

    /// Where the tab in front is.
    pub async fn address(&self) -> String {
        self.client.current_url().await.unwrap().into()
    }

    /// Goes to a tab.
    pub async fn go_to_tab(&self, tab: WindowHandle) {
        self.client.switch_to_window(tab).await.unwrap();
    }

    /// Closes the tab in front and goes to this one.
    pub async fn close_tab(&self, next: WindowHandle) {
        self.client.close_window().await.unwrap();
        self.go_to_tab(next).await;
    }

    /// Puts the window away: nobody sees the page.
    pub async fn put_away(&self) {
        self.client.minimize_window().await.unwrap();
    }

    /// Brings the window back, as wide as [`Self::widen`] makes it.
    pub async fn bring_back(&self) {
        self.widen().await;
    }

    /// Makes the window wide enough for the rooms and the people beside a room.
    pub async fn widen(&self) {
        self.client.set_window_rect(0, 0, 1280, 900).await.unwrap();
    }

    /// Addresses outside this origin that the page has fetched anything from.
    pub async fn foreign(&self) -> Vec<String> {
        let script = "return performance.getEntriesByType('resource').map(entry => entry.name) \
            .filter(name => new URL(name, location).origin !== location.origin)";
        serde_json::from_value(self.script(script).await).unwrap()
    }

    /// The process that started the browser's.
    #[must_use]
    pub fn driver_pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// A picture of the window, as PNG.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}
