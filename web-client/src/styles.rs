//! The style sheets in `styles/` against the list from which one is made (`Trunk.toml`).

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_style_sheet_is_in_the_one_that_is_sent() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let trunk = fs::read_to_string(here.join("../Trunk.toml")).unwrap();
    let (_, listed) = trunk.split_once("\ncat ").unwrap();
    let (listed, _) = listed.split_once('>').unwrap();
    let listed: Vec<_> = listed.split(['\\', '\n', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let there = fs::read_dir(here.join("styles")).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), there.collect());
    assert_eq!(listed.len(), listed.iter().collect::<BTreeSet<_>>().len(), "one is listed twice: {listed:?}");
}
