//! The style sheets in `styles/` against the list from which one is made (`Trunk.toml`).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

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

/// The sheets become one: what a class means in one of them, it means everywhere.
#[test]
fn a_class_is_styled_by_one_sheet() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("styles");
    let mut styled_by = BTreeMap::<String, String>::new();
    for sheet in fs::read_dir(folder).unwrap().map(|file| file.unwrap()) {
        let name = sheet.file_name().into_string().unwrap();
        let text = fs::read_to_string(sheet.path()).unwrap();
        let alone = text.lines().filter_map(|line| line.strip_prefix('.')?.strip_suffix(" {"));
        for class in alone.filter(|class| class.chars().all(|c| c == '-' || c.is_ascii_alphanumeric())) {
            let before = styled_by.entry(class.to_owned()).or_insert_with(|| name.clone());
            assert_eq!(*before, name, "both style .{class}");
        }
    }
    assert!(styled_by.contains_key("message"), "rules begin so");
}
