//! Looks for secrets where they must not be: in all that the server keeps and logs, and in what it tells others.
//!
//! A secret is looked for as it is and in the forms in which programs write bytes: hexadecimal, lists of numbers, base64 and
//! base64url at each of the three places in which it can begin there. A code has eight digits, which turn up inside longer numbers
//! by chance; so digits count where none stands before or behind them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use igoon_shared::{crypto::invite::InviteSecret, protocol::bytes::Blob};

use crate::{native::NativeClient, sent::Sent, server::TestServer};

/// What the server told somebody, and the secrets that it gave to them.
#[derive(Clone, Debug, Default)]
pub struct Heard(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    answers: Vec<Vec<u8>>,
    given: Vec<(&'static str, Vec<u8>)>,
}

impl Heard {
    /// An answer, or a frame, or the headers of one.
    pub fn answer(&self, bytes: impl Into<Vec<u8>>) {
        self.0.lock().unwrap().answers.push(bytes.into());
    }

    /// A secret that was meant for them, and for nobody else.
    pub fn given(&self, what: &'static str, secret: &str) {
        self.0.lock().unwrap().given.push((what, secret.as_bytes().to_vec()));
    }
}

/// Where a secret may be after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    Nowhere,
    /// In mails that lie in the outbox's folder, and on the terminal, where no mail server is set up.
    WhereItIsRead,
    /// In its own file.
    MasterKey,
    /// In answers to whom it was given.
    To(usize),
}

impl Allowed {
    fn in_file(self, name: &str) -> bool {
        match self {
            Self::Nowhere | Self::To(_) => false,
            Self::WhereItIsRead => name.contains("/data/outbox/") || name.contains("/stdout-"),
            Self::MasterKey => name.ends_with("/master.key"),
        }
    }
}

/// Secrets to look for.
#[derive(Default)]
pub struct Sweep {
    secrets: Vec<(String, Allowed)>,
    people: Vec<(String, Heard)>,
    /// By their first eight bytes: the rest, and whose form it is.
    forms: HashMap<[u8; 8], Vec<(Vec<u8>, usize)>>,
}

impl Sweep {
    /// A secret that must be nowhere at all.
    pub fn secret(&mut self, what: impl Into<String>, secret: &[u8]) {
        self.add(what.into(), secret, Allowed::Nowhere);
    }

    /// What somebody reads in a mail or on the terminal, and types.
    pub fn typed(&mut self, what: impl Into<String>, text: &str) {
        let what = what.into();
        self.add(what.clone(), text.as_bytes(), Allowed::WhereItIsRead);
        let (first, second) = text.split_at(text.len() / 2);
        self.add(what, format!("{first} {second}").as_bytes(), Allowed::WhereItIsRead);
    }

    /// Somebody who was told something; what was given to them must not be with anybody else, nor with the server.
    pub fn person(&mut self, name: &str, heard: &Heard) {
        let given = heard.0.lock().unwrap().given.clone();
        self.people.push((name.to_owned(), heard.clone()));
        for (what, secret) in given {
            self.add(format!("{what} of {name}"), &secret, Allowed::To(self.people.len() - 1));
        }
    }

    /// A client: the keys that it holds, what it saved, and what it was told.
    ///
    /// # Panics
    /// When it holds no room key.
    pub fn client(&mut self, client: &NativeClient) {
        let name = &client.session().handle;
        let records = client.records();
        let keys: Vec<_> = records.iter().filter(|(key, _)| key.contains("/key/")).collect();
        assert!(!keys.is_empty(), "{name} holds keys to look for");
        for (record, key) in keys {
            self.secret(format!("the raw key {record}"), key);
        }
        for (room, secret) in client.shown().invites {
            let secret = InviteSecret::from_bytes(secret);
            self.secret("an invite's secret", secret.expose());
            self.secret("an invite's sealing secret", secret.sealing_secret(room).as_slice());
        }
        let (rsa, seed) = client.identity().keys().to_parts().unwrap();
        self.secret(format!("{name}'s signing seed"), seed.as_slice());
        // Its last number is a part of the private key alone.
        self.secret(format!("{name}'s RSA key"), &rsa[rsa.len() - 64..]);
        self.person(name, &client.session().heard);
    }

    fn add(&mut self, what: String, secret: &[u8], allowed: Allowed) {
        self.secrets.push((what, allowed));
        for form in forms(secret) {
            let (beginning, rest) = form.split_first_chunk().expect("at least eight bytes, or it is found by chance");
            self.forms.entry(*beginning).or_default().push((rest.to_vec(), self.secrets.len() - 1));
        }
    }

    /// Looks through what the server keeps, and what everybody was told.
    ///
    /// # Panics
    /// When something is found.
    pub fn assert_clean(&mut self, server: &TestServer) {
        let kept = server.everything();
        for (name, content) in &kept {
            if name.ends_with("/master.key") {
                let text = String::from_utf8_lossy(content).trim().to_owned();
                self.add("the master key".to_owned(), text.as_bytes(), Allowed::MasterKey);
                let key: Blob = serde_json::from_value(text.into()).unwrap();
                self.add("the master key".to_owned(), &key.0, Allowed::MasterKey);
            }
        }
        let mut found = Vec::new();
        for (name, content) in &kept {
            let here = self.found(content).into_iter().filter(|(_, allowed)| !allowed.in_file(name));
            found.extend(here.map(|(what, _)| format!("{what} is in {name}")));
        }
        for (number, (name, heard)) in self.people.iter().enumerate() {
            let told = heard.0.lock().unwrap();
            assert!(!told.answers.is_empty(), "{name} was told something");
            for answer in &told.answers {
                let here = self.found(answer).into_iter().filter(|(_, allowed)| *allowed != Allowed::To(number));
                found.extend(here.map(|(what, _)| format!("{what} is in an answer to {name}")));
            }
        }
        found.sort_unstable();
        found.dedup();
        assert!(found.is_empty(), "{found:#?}");
    }

    /// Looks through what a client sent.
    ///
    /// # Panics
    /// When something is found, or nothing was sent.
    pub fn assert_unsent(&self, name: &str, sent: &Sent) {
        let all = sent.all();
        assert!(!all.is_empty(), "{name} sent something");
        for bytes in all {
            let found = self.found(&bytes);
            assert!(found.is_empty(), "{name} sent {found:?}");
        }
    }

    /// Whether something is in what the server keeps: shows that the search finds what there is.
    #[must_use]
    pub fn is_kept(server: &TestServer, what: &[u8]) -> bool {
        let mut sweep = Self::default();
        sweep.secret("it", what);
        server.everything().iter().any(|(_, content)| !sweep.found(content).is_empty())
    }

    fn found(&self, bytes: &[u8]) -> Vec<(&str, Allowed)> {
        let mut found = Vec::new();
        for (place, window) in bytes.windows(8).enumerate() {
            let Ok(beginning) = <[u8; 8]>::try_from(window) else { continue };
            for (rest, secret) in self.forms.get(&beginning).into_iter().flatten() {
                let (before, behind) = (&bytes[..place], &bytes[place + 8..]);
                let all_digits = beginning.iter().chain(rest).all(u8::is_ascii_digit);
                let within = before.last().is_some_and(u8::is_ascii_digit)
                    || behind.get(rest.len()).is_some_and(u8::is_ascii_digit);
                if behind.starts_with(rest) && !(all_digits && within) {
                    let (what, allowed) = &self.secrets[*secret];
                    found.push((what.as_str(), *allowed));
                }
            }
        }
        found
    }
}

/// How bytes are written.
fn forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list: Vec<String> = bytes.iter().map(ToString::to_string).collect();
    let mut forms = vec![bytes.to_vec(), hex.to_uppercase().into(), hex.into(), list.join(",").into()];
    forms.push(list.join(", ").into());
    for before in 0..3 {
        let shifted = Blob([vec![0; before], bytes.to_vec()].concat());
        let serde_json::Value::String(text) = serde_json::to_value(&shifted).unwrap() else { unreachable!("text") };
        // What is made of these bytes alone, whatever stands before and behind them.
        let url_safe = &text[(before * 8).div_ceil(6)..shifted.0.len() * 8 / 6];
        forms.push(url_safe.replace('-', "+").replace('_', "/").into());
        forms.push(url_safe.into());
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(secret: &[u8], place: &[u8]) -> bool {
        let mut sweep = Sweep::default();
        sweep.secret("it", secret);
        !sweep.found(place).is_empty()
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let secret: Vec<u8> = (0..32).map(|place| 250_u8.wrapping_mul(place).wrapping_add(251)).collect();
        let base64 =
            |before: usize| serde_json::to_string(&Blob([vec![9; before], secret.clone(), vec![7; 5]].concat()));
        for before in 0..5 {
            let text = base64(before).unwrap();
            assert!(found(&secret, text.as_bytes()), "{before}");
            assert!(found(&secret, text.replace('-', "+").replace('_', "/").as_bytes()), "{before}");
        }
        assert!(found(&secret, format!("{secret:?}").as_bytes()));
        assert!(found(&secret, &[b"ab".to_vec(), secret.clone(), b"c".to_vec()].concat()));
        assert!(!found(&secret, &secret[1..]));
    }

    #[test]
    fn a_code_is_found_by_itself_and_not_inside_a_longer_number() {
        for (text, expected) in
            [("code=12345678", true), ("12345678\n", true), ("1700012345678", false), ("123456789", false)]
        {
            assert_eq!(found(b"12345678", text.as_bytes()), expected, "{text}");
        }
    }
}
