//! Measures the page as people get it, in Chromium: how long until one can sign in on a slow line and a slow computer; typing and
//! scrolling in a room of many messages; memory while messages go on coming. One line each.

mod measures;
mod room;

use clap::Parser;
use igoon_e2e::{browser::Driver, database::Kind, server::TestServer};

#[derive(Parser)]
#[command(about = "What the web companion takes: time to sign in, typing latency, frames, memory")]
struct Cli {
    /// The server's binary, with the page inside
    #[arg(long, env = "IGOON_SERVER_RELEASE_BIN")]
    server_bin: std::path::PathBuf,
    /// Messages in the room
    #[arg(long, default_value_t = 50_000)]
    messages: usize,
    /// Minutes of traffic while memory is watched
    #[arg(long, default_value_t = 10)]
    minutes: u32,
    /// Messages a second meanwhile
    #[arg(long, default_value_t = 5)]
    rate: u32,
    /// Times that signing in is measured
    #[arg(long, default_value_t = 5)]
    times: usize,
}

#[tokio::main]
async fn main() {
    let cli = Cli::parse();
    let most = "1000000";
    let limits = ["frames-per-second", "frames-burst", "requests-per-minute", "requests-burst"];
    let flags: Vec<String> = limits.iter().flat_map(|limit| [format!("--{limit}"), most.to_owned()]).collect();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let server = TestServer::start_of(cli.server_bin, Kind::Sqlite, &flags).await;
    let driver = Driver::start().await;
    let (ada, grace) = room::open(&driver, &server).await;

    let mut times = Vec::new();
    for number in 0..cli.times {
        let visitor = driver.browser(&format!("visitor-{number}")).await;
        times.push(measures::until_sign_in(&visitor, &server.url()).await);
    }
    println!("sign-in on a cold cache, 10 Mbit/s, 40 ms, CPU 4 times slower: {} ms", measures::spread(times));

    room::fill(&grace, cli.messages).await;
    let opening = room::catch_up(&ada, cli.messages).await;
    println!("{} messages: caught up after {:.1} s", cli.messages, opening.as_secs_f64());
    println!("typing in that room, key to paint: {} ms", measures::spread(measures::typing(&ada).await));
    println!("scrolling in that room, between frames: {} ms", measures::spread(measures::scrolling(&ada).await));
    for minute in 0..=cli.minutes {
        let memory = measures::memory(&ada).await;
        println!("memory after {minute} min: page's heap {} KiB, browser {} KiB", memory.heap, memory.resident);
        if minute < cli.minutes {
            room::traffic(&grace, cli.rate).await;
        }
    }
}
