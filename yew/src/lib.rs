//! [Yew](::yew), of which the page's components need less code.
//!
//! Yew writes what mounts, compares and redraws a component once for each component: about 3 kB of program for each of more
//! than a hundred functions, all alike. Here `html!` makes every function component a `Host`, which is compiled once and
//! asks the function through a vtable (`Drawn`). Everything else is Yew's own, under Yew's names, since the macros write
//! `::yew::` into what they make: the page depends on this crate as `yew`.

mod child;
mod host;
mod provider;

pub use provider::ContextProvider;
pub use yew::*;

/// As [`yew::prelude`].
pub mod prelude {
    pub use yew::prelude::*;

    pub use crate::provider::ContextProvider;
}

/// As [`yew::virtual_dom`].
pub mod virtual_dom {
    pub use yew::virtual_dom::*;

    pub use crate::child::VChild;
}
