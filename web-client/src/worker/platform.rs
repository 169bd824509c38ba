//! Where this worker runs: its server, and what to call this computer. In a browser that is what the browser says about
//! itself: for people alone; nothing is decided by it.

use igoon_shared::wrapper::Computer;

use super::scope;
use crate::{
    messages::Surroundings,
    net::server::{Access, Server},
};

/// What the page said at the start: the server, and this computer.
pub(super) fn settle(surroundings: Surroundings) -> (Server, Computer) {
    match surroundings {
        Surroundings::Browser => {
            let (name, platform) = describe(&scope::user_agent());
            (Server::own(), Computer { name, platform, address: None })
        }
        Surroundings::Desktop { server, kept, computer } => {
            (Server { origin: server.into(), access: Access::Bearer(kept) }, computer)
        }
    }
}

/// `("Firefox on Windows", "Windows, Firefox 140")`: the computer's name, and its platform.
fn describe(user_agent: &str) -> (String, String) {
    let (browser, version) = browser(user_agent);
    let system = system(user_agent);
    let platform = version.map_or_else(|| format!("{system}, {browser}"), |v| format!("{system}, {browser} {v}"));
    (format!("{browser} on {system}"), platform)
}

/// Browsers name each other for compatibility: the most particular comes first.
fn browser(user_agent: &str) -> (&'static str, Option<&str>) {
    let known =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Version/", "Safari")];
    for (mark, name) in known {
        if let Some((_, rest)) = user_agent.split_once(mark) {
            let version = rest.split(|c: char| !c.is_ascii_digit()).next().filter(|version| !version.is_empty());
            return (name, version);
        }
    }
    ("Browser", None)
}

fn system(user_agent: &str) -> &'static str {
    let known = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    known.iter().find(|(mark, _)| user_agent.contains(mark)).map_or("this computer", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
                ("Chrome on Linux", "Linux, Chrome 142"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                ("Edge on Windows", "Windows, Edge 142"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                ("Firefox on Windows", "Windows, Firefox 140"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                ("Safari on Mac", "Mac, Safari 18"),
            ),
            ("", ("Browser on this computer", "this computer, Browser")),
        ];
        for (user_agent, (name, platform)) in cases {
            assert_eq!(describe(user_agent), (name.to_owned(), platform.to_owned()));
        }
    }
}
