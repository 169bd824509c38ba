//! The program: of the page, see [`igoon_web::pages`], and of its worker, see [`igoon_web::worker`].

use igoon_web::{crossing::Crossing, pages::App, worker};

fn main() {
    if let Some(page) = Crossing::to_page() {
        return worker::run(page);
    }
    let root = web_sys::window().and_then(|window| window.document()).and_then(|page| page.get_element_by_id("root"));
    if let Some(root) = root {
        yew::Renderer::<App>::with_root(root).render();
    }
}
