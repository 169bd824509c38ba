//! Takes a picture of every page, on a desk's screen and on a phone's, light and dark; and an `index.html` with all of them.

use std::{fs, path::PathBuf};

use clap::Parser;
use igoon_e2e::{
    browser::{Browser, VIEWS},
    tour::{self, Stop},
};

#[derive(Parser)]
#[command(about = "Pictures of every page of a running Igoon")]
struct Cli {
    /// Where to put them
    #[arg(long)]
    folder: PathBuf,
    /// Put those of the room here as well, as room-light.png and room-dark.png
    #[arg(long, value_name = "FOLDER")]
    readme: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let cli = Cli::parse();
    fs::create_dir_all(&cli.folder)?;
    let mut pages: Vec<&str> = Vec::new();
    tour::everywhere(async |browser: &Browser, stop: Stop| {
        if pages.last() != Some(&stop.page) {
            pages.push(stop.page);
            eprintln!("{:>3}  {}", pages.len(), stop.page);
        }
        let picture = browser.screenshot().await;
        let name = name(pages.len(), stop.page, &stop.view.name());
        fs::write(cli.folder.join(name), &picture).expect("the folder can be written");
        if let (Some(readme), "room", 1280) = (&cli.readme, stop.page, stop.view.width) {
            let name = if stop.view.dark { "room-dark.png" } else { "room-light.png" };
            fs::write(readme.join(name), &picture).expect("the folder can be written");
        }
    })
    .await;
    fs::write(cli.folder.join("index.html"), index(&pages))
}

fn name(number: usize, page: &str, view: &str) -> String {
    format!("{number:02}-{page}-{view}.png")
}

fn index(pages: &[&str]) -> String {
    let mut text = "<!doctype html><meta charset=\"utf-8\"><title>Igoon, page by page</title>\n".to_owned();
    text += "<style>body{font:16px sans-serif;margin:2rem}section{display:flex;gap:1rem;align-items:start}\
             img{border:1px solid #888;height:24rem}</style>\n";
    for (place, page) in pages.iter().enumerate() {
        text += &format!("<h2>{page}</h2>\n<section>\n");
        for view in VIEWS {
            let name = name(place + 1, page, &view.name());
            text += &format!(
                "<a href=\"{name}\"><img src=\"{name}\" alt=\"{page}, {}\" loading=\"lazy\"></a>\n",
                view.name()
            );
        }
        text += "</section>\n";
    }
    text
}
