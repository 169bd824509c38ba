//! Measures the page as people get it, in Chromium: how long until one can sign in on a slow line and a slow computer; joining a
//! room of many messages and opening it again, also without the server; typing and scrolling in it; memory while messages go on
//! coming; removing somebody from a room of many computers. One line each. Lines in brackets say what the computer could do at that moment.

mod calibration;
mod figures;
mod measures;
mod memory;
mod processes;
mod room;
mod rotation;

use std::time::{Duration, Instant};

use clap::Parser;
use igoon_e2e::{
    browser::{Browser, Driver},
    database::Kind,
    person,
    proxy::{Proxy, Way},
    server::TestServer,
};

use crate::{calibration::Calibration, figures::Figures, memory::Memory, room::Talk};

/// So many messages come while the page is closed.
const MISSED: usize = 200;

/// Where one writes.
const COMPOSER: &str = "#composer";

#[derive(Parser)]
#[command(about = "What the web companion takes: times to sign in and to open, typing latency, frames, memory")]
struct Cli {
    /// The server's binary, with the page inside
    #[arg(long, env = "IGOON_SERVER_RELEASE_BIN")]
    server_bin: std::path::PathBuf,
    /// Messages in the room
    #[arg(long, default_value_t = 50_000)]
    messages: usize,
    /// Minutes of traffic while memory is watched: 60 for an hour
    #[arg(long, default_value_t = 5)]
    minutes: u32,
    /// Messages a second meanwhile
    #[arg(long, default_value_t = 5)]
    rate: u32,
    /// Times that signing in, and opening the room again, is measured
    #[arg(long, default_value_t = 5)]
    times: usize,
    /// Pixels that are scrolled in each frame
    #[arg(long, default_value_t = 400)]
    step: u32,
    /// Seconds of scrolling, at most
    #[arg(long, default_value_t = 240)]
    scroll: u32,
    /// Computers in the room in which somebody is removed
    #[arg(long, default_value_t = 100)]
    computers: u32,
    /// Measure nothing but such a removal
    #[arg(long)]
    only_removal: bool,
}

#[tokio::main]
async fn main() {
    let cli = Cli::parse();
    let driver = Driver::start().await;
    let calibration = Calibration::start(&driver).await;
    println!("{} processors", calibration::processors());
    calibration.look().await;
    if !cli.only_removal {
        long_room(&cli, &driver, &calibration).await;
    }
    rotation::measure(&driver, cli.server_bin.clone(), cli.computers).await;
    calibration.look().await;
}

/// Somebody signs in, joins a room of many messages, and goes about in it.
async fn long_room(cli: &Cli, driver: &Driver, calibration: &Calibration) {
    let proxy = Proxy::start().await;
    let server = TestServer::start_unlimited(cli.server_bin.clone(), Kind::Sqlite, &["--origin", &proxy.url()]).await;
    proxy.lead_to(server.port());
    println!("{} messages; times in ms", cli.messages);
    let talk = Talk::begin(&server).await;
    sign_in(cli, driver, &server).await;
    let start = Instant::now();
    talk.fill(cli.messages).await;
    println!("two native clients wrote {} messages in {:.1} s", cli.messages, start.elapsed().as_secs_f64());
    calibration.look().await;

    let bea = join(driver, &server, &proxy, &talk).await;
    calibration.look().await;
    open_again(cli, &bea, &proxy, &talk).await;
    calibration.look().await;
    scroll(cli, &bea, &talk).await;
    calibration.look().await;
    traffic(cli, &bea, &talk).await;
    calibration.look().await;
}

async fn sign_in(cli: &Cli, driver: &Driver, server: &TestServer) {
    let mut times = Vec::new();
    for number in 0..cli.times {
        let visitor = driver.browser(&format!("visitor-{number}")).await;
        times.push(measures::until_sign_in(&visitor, &server.url()).await);
        visitor.close().await;
    }
    println!("sign-in on a cold cache, 10 Mbit/s, 40 ms, CPU 4 times slower: {}", Figures::from(times));
}

/// Somebody joins in a browser, which fetches everything.
async fn join(driver: &Driver, server: &TestServer, proxy: &Proxy, talk: &Talk) -> Browser {
    let bea = driver.browser("bea").await;
    measures::tell_when(&bea, "message", "document.querySelector('[data-testid=message]')").await;
    let new = "document.querySelector('.new-mark')?.getBoundingClientRect().bottom > 0";
    measures::tell_when(&bea, "new", new).await;
    bea.open(&talk.link(&proxy.url())).await;
    person::fill_new_account(&bea, "bea").await;
    bea.find("#code").await;
    let (before, watching, start) = (proxy.carried(), measures::watch(&bea).await, Instant::now());
    person::enter_mailed_code(&bea, server, "bea").await;
    bea.find("#composer").await;
    let entered = start.elapsed();
    let typing = measures::typing(&bea, COMPOSER).await;
    measures::until_whole(&bea).await;
    let whole = start.elapsed();
    let watched = watching.end().await;
    let [entered, whole] = [entered, whole].map(|time| time.as_secs_f64());
    let [carried, stored] = [proxy.carried() - before, measures::stored(&bea).await].map(|bytes| bytes / 1024);
    println!("joined: in the room after {entered:.1} s, all of it here after {whole:.1} s");
    println!("fetched meanwhile {carried} KiB, stored {stored} KiB");
    println!("frames meanwhile: {}", watched.line());
    println!("from one step of the progress bar to the next: {}", watched.progress);
    println!("typing meanwhile, from key to its frame: {typing}");
    bea
}

/// The page is opened anew, with all of the room stored here.
async fn open_again(cli: &Cli, bea: &Browser, proxy: &Proxy, talk: &Talk) {
    let mut times = Vec::new();
    for _ in 0..cli.times {
        bea.reload().await;
        times.push(measures::told(bea, "message").await);
        measures::until_whole(bea).await;
    }
    println!("opened again, until messages are painted: {}", Figures::from(times));

    proxy.set(Way::Cut);
    let mut times = Vec::new();
    for _ in 0..cli.times {
        bea.reload().await;
        times.push(measures::told(bea, "message").await);
    }
    println!("the same without the server: {}", Figures::from(times));
    proxy.set(Way::Open);

    let address = bea.script("return location.href").await;
    bea.open("about:blank").await;
    talk.fill(MISSED).await;
    bea.open(address.as_str().unwrap_or_default()).await;
    println!(
        "opened after {MISSED} more messages, until the first new one is painted: {:.1}",
        measures::told(bea, "new").await
    );
    measures::until_whole(bea).await;
}

async fn scroll(cli: &Cli, bea: &Browser, talk: &Talk) {
    println!("from there to the latest message: {:.1}", measures::jump(bea, talk.last()).await);
    let watching = measures::watch(bea).await;
    let way = measures::scroll_to_beginning(bea, cli.step, cli.scroll).await;
    let watched = watching.end().await;
    let end = if way.arrived { "the beginning" } else { "further up" };
    println!("scrolled by {} pixels a frame to {end}, {:.0} pixels: frames: {}", cli.step, way.long, watched.line());
    println!("frames that found nothing above them yet: {}", way.waited);
    println!("back to the latest message: {:.1}", measures::jump(bea, talk.last()).await);
}

/// Messages go on coming while the page is open.
async fn traffic(cli: &Cli, bea: &Browser, talk: &Talk) {
    println!("typing, from key to its frame: {}", measures::typing(bea, COMPOSER).await);
    let mut taken = vec![Memory::of(bea).await];
    println!("before: {}", taken[0]);
    for minute in 1..=cli.minutes {
        let writing = talk.traffic(cli.rate, Duration::from_secs(60));
        if minute == 1 {
            let watching = async {
                let watching = measures::watch(bea).await;
                let typing = measures::typing(bea, COMPOSER).await;
                (typing, watching.end().await)
            };
            let ((), (typing, watched)) = tokio::join!(writing, watching);
            println!("typing while {} messages a second come, from key to its frame: {typing}", cli.rate);
            println!("frames meanwhile: {}", watched.line());
        } else {
            writing.await;
        }
        let memory = Memory::of(bea).await;
        println!("after {minute} min: {memory}");
        taken.push(memory);
    }
    println!("{}", memory::growth(&taken));
}
