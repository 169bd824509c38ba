//! A person's first letter in a disc.

use yew::prelude::*;

/// So many colours of discs there are; `tint-1` needs no class of its own.
const TINTS: u32 = 6;

/// See [`Avatar`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct AvatarProps {
    /// Whose.
    pub name: AttrValue,
}

/// See the module. The colour follows from the name, so that it is the same everywhere.
#[function_component]
pub fn Avatar(props: &AvatarProps) -> Html {
    let letter: String = props.name.chars().next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    html! { <span class={classes!("avatar", tint(&props.name))} aria-hidden="true">{ letter }</span> }
}

fn tint(name: &str) -> String {
    let sum = name.chars().fold(0_u32, |sum, c| sum.wrapping_mul(31).wrapping_add(u32::from(c)));
    format!("tint-{}", sum % TINTS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_colour_and_names_have_several() {
        assert_eq!(tint("ada"), tint("ada"));
        let tints: std::collections::BTreeSet<_> = ["ada", "bea", "cy", "dan", "eve", "fay", "gus"].map(tint).into();
        assert!(
            tints.len() >= 3 && tints.iter().all(|tint| ("tint-1".."tint-7").contains(&tint.as_str())),
            "{tints:?}"
        );
    }
}
