//! The page's program: see [`igoon_web::pages`].

use igoon_web::pages::App;

fn main() {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|page| page.get_element_by_id("root"));
    if let Some(root) = root {
        yew::Renderer::<App>::with_root(root).render();
    }
}
