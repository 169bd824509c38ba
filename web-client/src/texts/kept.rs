//! The texts of each language that came: page and worker have theirs, and none at first. What does not come is said without
//! texts (`pages/wordless.rs`).

use std::cell::OnceCell;

use super::marks;
use crate::state::preferences::Language;

// `IDS`, and for each language a constant in capitals: its file. In tests what is in that file, too.
include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The texts of a language, by number. They stay as long as the program runs.
type Texts = Vec<&'static str>;

thread_local! {
    static IN_ENGLISH: OnceCell<Texts> = const { OnceCell::new() };
    static IN_GERMAN: OnceCell<Texts> = const { OnceCell::new() };
}

/// The address of a language's file on the page's own server.
pub(super) const fn file(language: Language) -> &'static str {
    match language {
        Language::English => EN,
        Language::German => DE,
    }
}

/// Whether a language's texts are here.
pub(super) fn are_here(language: Language) -> bool {
    with(language, |kept| kept.get().is_some())
}

/// Keeps what is in a language's file. `false` where that is something else: then it is as before.
#[must_use]
pub fn keep(language: Language, whole: String) -> bool {
    with(language, |kept| {
        // Each language comes once, and is needed to the end.
        kept.get().is_some()
            || split(&whole).is_some() && split(whole.leak()).is_some_and(|texts| kept.set(texts).is_ok())
    })
}

/// What is in a language's file, for the worker; nothing where it did not come.
#[must_use]
pub fn whole(language: Language) -> String {
    with(language, |kept| kept.get().map(|texts| texts.join(&marks::END.to_string())).unwrap_or_default())
}

/// The text at a place; nothing where its language did not come.
pub(super) fn find(number: usize, language: Language) -> &'static str {
    #[cfg(test)]
    assert!(keep(language, tests::built(language).to_owned()), "tests have no server to fetch them from");
    with(language, |kept| kept.get().and_then(|texts| texts.get(number)).copied().unwrap_or_default())
}

fn with<R>(language: Language, look: impl FnOnce(&OnceCell<Texts>) -> R) -> R {
    match language {
        Language::English => IN_ENGLISH.with(look),
        Language::German => IN_GERMAN.with(look),
    }
}

/// One text for each id; `None` where there are more or fewer.
fn split(whole: &str) -> Option<Vec<&str>> {
    let texts: Vec<_> = whole.split(marks::END).collect();
    (texts.len() == IDS.len()).then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const fn built(language: Language) -> &'static str {
        match language {
            Language::English => EN_TEXTS,
            Language::German => DE_TEXTS,
        }
    }

    #[test]
    fn what_came_is_kept_and_handed_on_as_it_was() {
        for language in Language::ALL {
            assert!(!are_here(language) && whole(language).is_empty(), "{language:?}");
            assert!(keep(language, built(language).to_owned()) && are_here(language));
            assert_eq!(whole(language), built(language));
        }
    }

    #[test]
    fn something_else_is_not_taken_for_texts() {
        let english = built(Language::English);
        for other in ["", "<!doctype html>", english.rsplit_once(marks::END).unwrap().0, &format!("{english}\0")] {
            assert!(!keep(Language::English, other.to_owned()) && !are_here(Language::English), "{other}");
        }
    }

    #[test]
    fn each_language_has_a_file_of_its_own_that_browsers_may_keep_for_good() {
        let [english, german] = Language::ALL.map(file);
        assert!(english.starts_with("/texts-en-") && german.starts_with("/texts-de-"), "{english} {german}");
        // As the server recognises names with a hash.
        let hash = |file: &str| file.trim_end_matches(".txt").rsplit('-').next().unwrap().len();
        assert_eq!((hash(english), hash(german)), (16, 16));
    }
}
