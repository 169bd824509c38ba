//! The files in `locales/` against the sources and against each other; and what would stand in the way of a language.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::fluent::{Value, number, say};
use crate::state::preferences::Language;

/// Each text with the names of the values it is given.
type Ids = BTreeMap<String, BTreeSet<String>>;

/// What the page makes of a text, and what the library makes of it that knows all of Project Fluent.
#[test]
fn every_text_with_every_value_is_as_fluent_says_it() {
    let numbers = [0_u64, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 21, 100, 1_000_000];
    for language in Language::ALL {
        let mut bundle = FluentBundle::new(vec![language.code().parse().unwrap()]);
        bundle.set_use_isolating(false);
        for file in files(language) {
            bundle.add_resource(FluentResource::try_new(file).unwrap()).unwrap();
        }
        for (id, names) in found_in_files(language).0 {
            let pattern = bundle.get_message(&id).unwrap().value().unwrap();
            let says = |value: Value<'_>, same: FluentValue<'_>| {
                let values: Vec<_> = names.iter().map(|name| (name.as_str(), value)).collect();
                let arguments: FluentArgs<'_> = names.iter().map(|name| (name.as_str(), same.clone())).collect();
                let (ours, mut errors) = (say(number(&id), language, &values), Vec::new());
                assert_eq!(ours, bundle.format_pattern(pattern, Some(&arguments), &mut errors), "{language:?}: {id}");
                assert!(errors.is_empty(), "{language:?}: {id}: {errors:?}");
            };
            numbers.into_iter().for_each(|number| says(Value::from(&number), number.into()));
            says(Value::Text("Ada"), "Ada".into());
        }
    }
}

#[test]
fn every_text_that_is_used_is_in_every_language_and_no_other() {
    let used = used_in_sources();
    for language in Language::ALL {
        let (found, mentioned) = found_in_files(language);
        let code = language.code();
        for (id, values) in &used {
            let has = found.get(id).unwrap_or_else(|| panic!("{id} is not in locales/{code}"));
            assert!(has.is_subset(values), "{id} in locales/{code} wants {has:?}, is given {values:?}");
        }
        let unused: Vec<_> = found.keys().filter(|id| !used.contains_key(*id) && !mentioned.contains(*id)).collect();
        assert!(unused.is_empty(), "in locales/{code}, and nowhere used: {unused:?}");
    }
    // A language may leave a value out of a sentence, not all of them.
    for (id, values) in used {
        let wanted: BTreeSet<_> =
            Language::ALL.into_iter().filter_map(|language| found_in_files(language).0.remove(&id)).flatten().collect();
        assert_eq!(values, wanted, "{id} is given a value that no language shows");
    }
}

#[test]
fn no_sentence_and_no_label_stands_in_the_sources() {
    let marks = ["{ \"", "label=\"", "title=\"", "hint=\"", "placeholder=\"", "alt=\""];
    for path in sources(&own("src")) {
        let source = fs::read_to_string(&path).unwrap();
        let rendered = source.split("#[cfg(test)]").next().unwrap_or_default();
        for (begin, mark) in marks.iter().flat_map(|mark| rendered.match_indices(mark)) {
            let text = rendered[begin + mark.len()..].split('"').next().unwrap_or_default();
            let spoken = text.trim_start().starts_with(char::is_uppercase);
            assert!(!spoken || text == "Igoon", "{}: {text:?} is in no file of texts", path.display());
        }
    }
}

/// A component that is given neither the session nor the language goes on saying what it said before.
#[test]
fn every_component_that_says_something_hears_of_another_language() {
    for path in sources(&own("src")) {
        let source = fs::read_to_string(&path).unwrap();
        let rendered = source.split("#[cfg(test)]").next().unwrap_or_default();
        let mut macros = rendered.match_indices("t!(\"").map(|(begin, _)| rendered[..begin].chars().next_back());
        let says = macros.any(|before| !before.is_some_and(char::is_alphanumeric)) || rendered.contains("texts::");
        if !says {
            continue;
        }
        for component in rendered.split("#[function_component]").skip(1) {
            let signature = component.split(" {").next().unwrap_or_default().trim();
            let props = signature.split('&').nth(1).and_then(|props| props.split(')').next()).unwrap_or_default();
            let declared = rendered.split(&format!("struct {props} {{")).nth(1).unwrap_or_default();
            let given = ["InSession", "InRoom"].contains(&props)
                || declared.split('}').next().unwrap_or_default().contains("session: Session");
            let hears = component.contains("use_language()") || component.contains("use_context::<Session>()");
            assert!(given || hears || signature.contains("fn App"), "{}: {signature}", path.display());
        }
    }
}

#[test]
fn styles_know_no_left_and_no_right() {
    for path in fs::read_dir(own("styles")).unwrap().map(|entry| entry.unwrap().path()) {
        let style = fs::read_to_string(&path).unwrap();
        for line in style.lines() {
            let property = line.trim_start().split(':').next().unwrap_or_default();
            let sided = property.split('-').any(|part| part == "left" || part == "right");
            let aligned = line.contains("text-align: left") || line.contains("text-align: right");
            assert!(!sided && !aligned, "{}: {line:?} has a side; say start or end", path.display());
        }
    }
}

/// What a language's files say.
fn files(language: Language) -> Vec<String> {
    let folder = fs::read_dir(own("locales").join(language.code())).unwrap();
    folder.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// The texts of a language with their variables, and those that other texts refer to.
fn found_in_files(language: Language) -> (Ids, BTreeSet<String>) {
    let (mut found, mut mentioned) = (Ids::new(), BTreeSet::new());
    for file in files(language) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(file);
        for entry in resource.entries() {
            if let Entry::Message(message) = entry {
                let mut values = BTreeSet::new();
                if let Some(pattern) = &message.value {
                    read_pattern(pattern, &mut values, &mut mentioned);
                }
                found.insert(message.id.name.to_owned(), values);
            }
        }
    }
    (found, mentioned)
}

fn read_pattern(pattern: &Pattern<&str>, values: &mut BTreeSet<String>, mentioned: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                read_inline(inline, values, mentioned);
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                read_inline(selector, values, mentioned);
                variants.iter().for_each(|variant| read_pattern(&variant.value, values, mentioned));
            }
            PatternElement::TextElement { .. } => {}
        }
    }
}

fn read_inline(inline: &InlineExpression<&str>, values: &mut BTreeSet<String>, mentioned: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            values.insert(id.name.to_owned());
        }
        InlineExpression::MessageReference { id, .. } => {
            mentioned.insert(id.name.to_owned());
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        other => panic!("texts have no terms and call no functions: {other:?}"),
    }
}

/// Each `t!(…)` of the sources.
fn used_in_sources() -> Ids {
    let mut used = Ids::new();
    for path in sources(&own("src")) {
        let source = fs::read_to_string(&path).unwrap();
        for (begin, mark) in source.match_indices("t!(") {
            let before = source[..begin].chars().next_back();
            let inside = inside(&source[begin + mark.len()..]).trim_start();
            // `assert!(`, or somebody writes about the macro.
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '`' | '"')) || !inside.starts_with('"') {
                continue;
            }
            let (id, values) = inside[1..].split_once('"').unwrap();
            let values = names(values);
            let place = path.display();
            if let Some(known) = used.insert(id.to_owned(), values.clone()) {
                assert_eq!(known, values, "{id} is given other values in {place} than elsewhere");
            }
        }
    }
    used
}

/// Up to the bracket that closes what was opened before.
fn inside(source: &str) -> &str {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in source.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => return &source[..at],
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    panic!("no end: {source}")
}

/// The names in `, count = 1, name = f(a, b)`.
fn names(mut values: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    while let Some((name, rest)) = values.split_once('=') {
        names.insert(name.trim_matches([',', ' ', '\n']).to_owned());
        let (mut depth, mut quoted) = (0, false);
        let end = rest.char_indices().find(|(_, c)| {
            match c {
                '"' => quoted = !quoted,
                '(' | '[' | '{' if !quoted => depth += 1,
                ')' | ']' | '}' if !quoted => depth -= 1,
                _ => {}
            }
            *c == ',' && depth == 0 && !quoted
        });
        values = end.map_or("", |(at, _)| &rest[at..]);
    }
    names
}

/// A folder of this crate.
fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let ours = files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    ours.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

#[test]
fn calls_are_read_as_the_compiler_reads_them() {
    assert_eq!(inside("\"a(\", x = f(1, (2))) rest"), "\"a(\", x = f(1, (2))");
    let names = names(", count = f(a, \"b, c = \"), name =\n    x == 2,\n");
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["count", "name"]);
}
