//! What somebody chose for this browser: how Igoon looks, speaks and calls. Nothing of it goes to the server.

use igoon_shared::protocol::json;
use serde::{Deserialize, Serialize};

/// All choices, as they are kept: JSON. What is absent is as it is at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Light or dark.
    pub theme: Theme,
    /// The language of the texts; `None`: as the browser's.
    pub language: Option<Language>,
    /// Whether new messages are announced by the system.
    pub notifications: Notifications,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A language that Igoon speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
}

/// Whether new messages are announced by the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notifications {
    /// They are not.
    #[default]
    Off,
    /// That there is one, and no word of it.
    WithoutContent,
    /// Who wrote what.
    WithContent,
}

/// One choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Light or dark.
    Theme(Theme),
    /// The language; `None`: as the browser's.
    Language(Option<Language>),
    /// How new messages are announced.
    Notifications(Notifications),
}

impl Preferences {
    /// Changes one.
    pub const fn prefer(&mut self, preference: Preference) {
        match preference {
            Preference::Theme(theme) => self.theme = theme,
            Preference::Language(language) => self.language = language,
            Preference::Notifications(notifications) => self.notifications = notifications,
        }
    }

    /// What was kept. What is damaged, or of another version, is as if nothing had been chosen.
    #[must_use]
    pub fn read(kept: &str) -> Self {
        json::read(kept.as_bytes()).unwrap_or_default()
    }

    /// To be kept.
    ///
    /// # Errors
    /// Of the encoder; there is nothing in here that it refuses.
    pub fn write(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

impl Language {
    /// Each, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag (BCP 47), for `lang`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// How it is written, for `dir`.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
        }
    }

    /// The language with this tag, of whichever region.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// The first of these tags that Igoon speaks, otherwise English.
    #[must_use]
    pub fn first_of(tags: impl IntoIterator<Item = String>) -> Self {
        tags.into_iter().find_map(|tag| Self::of_tag(&tag)).unwrap_or(Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_read_again() {
        let mut chosen = Preferences::default();
        chosen.prefer(Preference::Theme(Theme::Dark));
        chosen.prefer(Preference::Language(Some(Language::German)));
        chosen.prefer(Preference::Notifications(Notifications::WithoutContent));
        let kept = chosen.write().unwrap();
        assert_eq!(kept, r#"{"theme":"dark","language":"de","notifications":"without-content"}"#);
        assert_eq!(Preferences::read(&kept), chosen);
    }

    #[test]
    fn nothing_and_nonsense_are_as_at_first() {
        for kept in ["", "{}", "null", "[1]", r#"{"theme":"mauve"}"#, r#"{"language":7}"#] {
            assert_eq!(Preferences::read(kept), Preferences::default(), "{kept}");
        }
        let dark = Preferences { theme: Theme::Dark, ..Preferences::default() };
        assert_eq!(Preferences::read(r#"{"theme":"dark","later":true}"#), dark, "of a later version");
    }

    #[test]
    fn a_browsers_languages() {
        let first = |tags: &[&str]| Language::first_of(tags.iter().map(|tag| (*tag).to_owned()));
        assert_eq!(first(&["de-AT", "en"]), Language::German);
        assert_eq!(first(&["fr", "DE"]), Language::German);
        assert_eq!(first(&["fr-CA", "den"]), Language::English);
        assert_eq!(first(&[]), Language::English);
    }
}
