//! Every page, on a desk's screen and on a phone's, light and dark: axe finds nothing that keeps people out, nothing is wider than
//! the screen, nothing was fetched from elsewhere.

use igoon_e2e::{
    axe,
    browser::{Browser, Driver},
    tour::{self, Stop},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_for_everybody() {
    let (mut problems, mut stops) = (Vec::new(), 0);
    tour::everywhere(async |browser: &Browser, stop: Stop| {
        stops += 1;
        let mut found = axe::violations(browser).await;
        let widest = browser.script("return document.documentElement.scrollWidth").await;
        if widest.as_u64() > Some(u64::from(stop.view.width)) {
            found.push(format!("the page is {widest} px wide"));
        }
        found.extend(browser.foreign().await.iter().map(|address| format!("{address} was fetched")));
        for problem in found {
            let problem = format!("{} at {}: {problem}", stop.page, stop.view.name());
            // The tour may end early, where something is missing altogether.
            println!("{problem}");
            problems.push(problem);
        }
    })
    .await;
    assert!(stops >= 224, "{stops} looks are not all pages");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// It finds something where there is something.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_keeps_people_out_is_noticed() {
    let driver = Driver::start().await;
    let browser = driver.browser("visitor").await;
    browser.open("data:text/html,<title>A page</title><img src=x><input>").await;
    let found = axe::violations(&browser).await;
    for rule in ["image-alt", "label", "html-has-lang"] {
        assert!(found.iter().any(|problem| problem.starts_with(rule)), "{rule} is missing in {found:#?}");
    }
}
