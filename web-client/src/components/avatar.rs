//! People in the list and beside what they write: a disc with the first letter of their name.

use yew::prelude::*;

/// So many colours of discs there are (`styles/tokens.css`).
const TINTS: u32 = 6;

/// See [`Avatar`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct AvatarProps {
    /// Whose.
    pub name: AttrValue,
    /// It is the own one.
    #[prop_or_default]
    pub mine: bool,
}

/// A person's, or a room's, first letter. The colour helps the eye to find somebody again; the name stands beside it.
#[function_component]
pub fn Avatar(props: &AvatarProps) -> Html {
    let letter: String = props.name.chars().next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let tint = format!("tint-{}", tint(&props.name));
    html! { <span class={classes!("avatar", tint, props.mine.then_some("mine"))} aria-hidden="true">{ letter }</span> }
}

/// From 1 to [`TINTS`]: the same for the same name, on every computer (FNV-1a).
fn tint(name: &str) -> u32 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash % TINTS + 1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_spread_over_all_colours_and_keep_theirs() {
        let names = ["ada", "bea", "cid", "dora", "emil", "fritz", "grace", "hedy", "ida", "jan", "karl", "lise"];
        let tints: BTreeSet<u32> = names.iter().map(|name| tint(name)).collect();
        assert!(tints.len() > 4 && tints.iter().all(|tint| (1..=TINTS).contains(tint)), "{tints:?}");
        assert_eq!((tint(""), tint("ada")), (tint(""), tint("ada")));
    }

    #[test]
    fn every_colour_is_in_the_styles() {
        for tint in 1..=TINTS {
            assert!(include_str!("../../styles/tokens.css").contains(&format!("--tint-{tint}:")));
        }
    }
}
