//! Reads the texts in `locales/` (Project Fluent, <https://projectfluent.org>) when the page is built, so that the page need not be
//! able to. What comes out: the ids in their order, and for each language a file with a pattern for each of them, which `Trunk.toml`
//! puts beside the program. A file's name has a hash of its content in it, and the program has the name: it never gets the texts
//! of another build. What the marks in a pattern mean stands where it is shown, in `src/texts/fluent.rs`.

use std::{
    collections::BTreeMap,
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey},
    parser,
};

#[path = "src/texts/marks.rs"]
mod marks;

/// The language that others fall back to.
const FIRST: &str = "en";

type Patterns = BTreeMap<String, String>;

fn main() -> io::Result<()> {
    let variable = |name: &str| env::var_os(name).ok_or_else(|| io::Error::other(format!("{name} is not set")));
    let locales = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("locales");
    println!("cargo:rerun-if-changed={}", locales.display());
    let out = PathBuf::from(variable("OUT_DIR")?);
    let mut code = fs::File::create(out.join("texts.rs"))?;
    let first = read_folder(&locales.join(FIRST))?;
    writeln!(
        code,
        "/// Every text's id, sorted.\npub(super) const IDS: [&str; {}] = {:?};",
        first.len(),
        first.keys().collect::<Vec<_>>()
    )?;
    for folder in listed(&locales)? {
        let patterns = read_folder(&folder)?;
        let texts: Vec<_> = first.iter().map(|(id, fallback)| patterns.get(id).unwrap_or(fallback).as_str()).collect();
        let texts = texts.join(&marks::END.to_string());
        let language = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut hash = DefaultHasher::new();
        texts.hash(&mut hash);
        let file = format!("texts-{language}-{:016x}.txt", hash.finish());
        fs::write(out.join(&file), texts)?;
        let name = language.to_uppercase();
        writeln!(
            code,
            "/// Where the page finds what is said in `{}`.\nconst {name}: &str = \"/{file}\";",
            folder.display()
        )?;
        writeln!(code, "#[cfg(test)]\nconst {name}_TEXTS: &str = include_str!({file:?});")?;
    }
    Ok(())
}

fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// All texts of a language.
fn read_folder(folder: &Path) -> io::Result<Patterns> {
    let mut patterns = Patterns::new();
    for path in listed(folder)? {
        let wrong = |why: String| io::Error::other(format!("{}: {why}", path.display()));
        let source = fs::read_to_string(&path)?;
        let file = parser::parse_runtime(source.as_str()).map_err(|(_, errors)| wrong(format!("{errors:?}")))?;
        for entry in file.body {
            let Entry::Message(message) = entry else { return Err(wrong(format!("not a text: {entry:?}"))) };
            let id = message.id.name;
            let said = message.value.as_ref().ok_or("it says nothing".to_owned()).and_then(pattern);
            let said = said.map_err(|why| wrong(format!("{id}: {why}")))?;
            if patterns.insert(id.to_owned(), said).is_some() {
                return Err(wrong(format!("{id} is there twice")));
            }
        }
    }
    Ok(patterns)
}

/// A text with its marks. Where it has variants, each is the whole sentence.
fn pattern(text: &Pattern<&str>) -> Result<String, String> {
    let elements: Vec<_> = text.elements.iter().collect();
    let choice = elements.iter().enumerate().find_map(|(at, element)| match element {
        PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
            Some((at, selector, variants))
        }
        _ => None,
    });
    let Some((at, selector, variants)) = choice else { return sentence(&elements) };
    let (before, after) = (elements.get(..at).unwrap_or_default(), elements.get(at + 1..).unwrap_or_default());
    let (mut listed, mut otherwise) = (value(selector)? + &marks::CHOICE.to_string(), String::new());
    for variant in variants {
        let whole: Vec<_> =
            before.iter().copied().chain(&variant.value.elements).chain(after.iter().copied()).collect();
        let (VariantKey::Identifier { name } | VariantKey::NumberLiteral { value: name }) = variant.key;
        if variant.default {
            otherwise = sentence(&whole)?;
        } else {
            listed += &format!("{name}{}{}{}", marks::KEY, sentence(&whole)?, marks::VARIANT);
        }
    }
    Ok(listed + &otherwise)
}

fn sentence(elements: &[&PatternElement<&str>]) -> Result<String, String> {
    let mut said = String::new();
    for element in elements {
        match element {
            PatternElement::TextElement { value } => said += value,
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                said += &format!("{}{}{}", marks::VALUE, value(inline)?, marks::VALUE);
            }
            PatternElement::Placeable { .. } => return Err("it has two choices; make two texts of it".to_owned()),
        }
    }
    Ok(said)
}

/// The name of a value that a text is given.
fn value(inline: &InlineExpression<&str>) -> Result<String, String> {
    match inline {
        InlineExpression::VariableReference { id } => Ok(id.name.to_owned()),
        other => Err(format!("texts have values alone in them, no terms, functions or other texts: {other:?}")),
    }
}
