//! Real browsers: Chromium driven by its own driver process, each with a fresh profile.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::wait;

/// A driver process; the browsers that it starts end with it.
#[derive(Debug)]
pub struct Driver {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Driver {
    /// Starts chromedriver on a port of its own.
    ///
    /// # Panics
    /// When there is none: `cargo xtask test` installs it.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = fs::File::create(folder.path().join("driver.log")).unwrap();
        let program = std::env::var_os("CHROMEDRIVER").map_or_else(|| "/usr/bin/chromedriver".into(), PathBuf::from);
        let child = Command::new(&program)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start ({error}): run `cargo xtask test`", program.display()));
        wait::until("chromedriver to listen", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok())
            .await;
        Self { child, port, folder }
    }

    /// Tells the driver to end its browsers and itself.
    fn shut_down(&self) -> io::Result<()> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(wait::DEADLINE))?;
        connection.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        connection.read_to_end(&mut Vec::new()).map(drop)
    }

    /// Opens a browser with a profile of its own.
    pub async fn browser(&self, name: &str) -> Browser {
        self.browser_with(name, &[]).await
    }

    /// Opens a browser with a profile of its own and further arguments.
    pub async fn browser_with(&self, name: &str, arguments: &[&str]) -> Browser {
        let profile = self.folder.path().join(name);
        let mut args = vec![
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1200,900",
        ];
        args.extend(arguments);
        let profile = format!("--user-data-dir={}", profile.display());
        args.push(&profile);
        let capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {
                "binary": std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into()),
                "args": args,
            },
        });
        let serde_json::Value::Object(capabilities) = capabilities else { unreachable!("an object") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = builder.connect(&format!("http://127.0.0.1:{}", self.port)).await.expect("a browser session");
        Browser { client, name: name.to_owned() }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killed, it would leave its browsers behind.
        if self.shut_down().is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// One browser with one window in front.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    name: String,
}

impl Browser {
    /// One that another driver opened.
    pub(crate) fn of(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned() }
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Reloads the page.
    pub async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// The element, once it is there and shown.
    pub async fn find(&self, css: &str) -> Element {
        let found = tokio::time::timeout(wait::DEADLINE, async {
            wait::until(&format!("{} to show {css}", self.name), async || {
                let element = self.client.find(Locator::Css(css)).await.ok()?;
                element.is_displayed().await.ok()?.then_some(element)
            })
            .await
        });
        found.await.unwrap_or_else(|_| panic!("{} does not show {css}", self.name))
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
        let end = std::time::Instant::now() + wait::DEADLINE;
        while std::time::Instant::now() < end {
            last = self.texts(css).await;
            if last == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{} shows {last:?} instead of {expected:?}\nconsole: {:#?}", self.name, self.console().await);
    }

    /// Runs a script and gives what it calls its argument with.
    pub async fn script_async(&self, script: &str) -> serde_json::Value {
        self.client.execute_async(script, vec![]).await.unwrap()
    }

    /// Runs a script and gives what it returns.
    pub async fn script(&self, script: &str) -> serde_json::Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// What the page wrote to the console as warnings and errors since the last call.
    pub async fn console(&self) -> Vec<String> {
        #[derive(Debug)]
        struct Log;
        impl fantoccini::wd::WebDriverCompatibleCommand for Log {
            fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
                base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
            }
            fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
                (http::Method::POST, Some(json!({"type": "browser"}).to_string()))
            }
        }
        let entries = self.client.issue_cmd(Log).await.unwrap();
        let entries = entries.as_array().cloned().unwrap_or_default();
        let loud = entries.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        loud.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
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
