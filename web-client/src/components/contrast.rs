//! Contrast of the colours in `styles/tokens.css`, as WCAG 2.2 asks for it: 4.5 for text (1.4.3), 3 for the edges of
//! controls and for what tells a state (1.4.11); in both schemes.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../styles/tokens.css");
const PAGE: &str = include_str!("../../index.html");

/// Text on what it stands on.
const TEXTS: &[(&str, &[&str])] = &[
    ("ink", &["sunken", "ground", "surface", "raised", "accent-wash", "danger-wash", "wait-wash"]),
    ("ink", &["tint-1", "tint-2", "tint-3", "tint-4", "tint-5", "tint-6", "line"]),
    ("soft", &["sunken", "ground", "surface", "raised", "accent-wash"]),
    ("accent", &["sunken", "ground", "surface", "raised", "accent-wash"]),
    ("accent-strong", &["sunken", "ground", "surface", "raised", "accent-wash"]),
    ("danger", &["sunken", "ground", "surface", "raised", "danger-wash"]),
    ("wait", &["sunken", "ground", "surface", "raised", "wait-wash"]),
    ("on-accent", &["accent", "accent-strong"]),
    ("on-danger", &["danger", "danger-strong"]),
    ("ground", &["ink"]),
    ("logo-room", &["logo"]),
];

/// What is no text, beside what it must stand out from.
const MARKS: &[(&str, &[&str])] = &[
    ("edge", &["sunken", "ground", "surface", "raised"]),
    ("accent", &["sunken", "ground", "surface", "raised", "accent-wash"]),
];

#[test]
fn every_pair_can_be_told_apart_in_light_and_in_dark() {
    let colours = colours();
    for (pairs, least) in [(TEXTS, 4.5), (MARKS, 3.0)] {
        for (front, backs) in pairs {
            for back in *backs {
                for scheme in 0..2 {
                    let [front, back] = [front, back].map(|name| (name, &colours[*name][scheme]));
                    let found = contrast(front.1, back.1);
                    let scheme = ["light", "dark"][scheme];
                    assert!(found >= least, "{scheme}: {front:?} on {back:?} has {found:.2}, not {least}");
                }
            }
        }
    }
}

#[test]
fn the_browsers_frame_has_the_colour_of_the_ground() {
    let ground = &colours()["ground"];
    for (scheme, colour) in ["light", "dark"].iter().zip(ground) {
        let wanted = format!("content=\"{colour}\" data-scheme=\"{scheme}\"");
        assert!(PAGE.contains(&wanted), "{wanted}");
    }
}

#[test]
fn black_on_white_has_21() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01, "the lightest grey that passes");
}

/// Each token that is one opaque colour, light and dark.
fn colours() -> BTreeMap<&'static str, [&'static str; 2]> {
    let lines = TOKENS.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "));
    let opaque = lines.filter_map(|(name, value)| {
        let both = value.strip_prefix("light-dark(").and_then(|value| value.strip_suffix(')'));
        let (light, dark) = both.and_then(|both| both.split_once(", ")).unwrap_or((value, value));
        (light.starts_with('#') && dark.starts_with('#')).then_some((name, [light, dark]))
    });
    opaque.collect()
}

/// Contrast ratio of two colours `#rrggbb`: WCAG 2.2, "contrast ratio".
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
