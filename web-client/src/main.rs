//! The program: of the page, see [`igoon_web::pages`], and of its worker, see [`igoon_web::worker`].

use igoon_web::{crossing::Crossing, pages, worker};

fn main() {
    match Crossing::to_page() {
        Some(page) => worker::run(page),
        None => pages::open(),
    }
}
