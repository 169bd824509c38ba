//! Codes by e-mail: 8 decimal digits.

use core::fmt;

use igoon_shared::protocol::{http::SecretText, limits};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// How many codes there are.
const CODES: u32 = 100_000_000;

/// A fresh code: each is equally likely.
pub fn fresh(rng: &mut (impl CryptoRng + ?Sized)) -> SecretText {
    // What is above the last whole multiple would make some codes likelier.
    let limit = u32::MAX - u32::MAX % CODES;
    let number = loop {
        let number = Zeroizing::new(rng.next_u32());
        if *number < limit {
            break Zeroizing::new(*number % CODES);
        }
    };
    SecretText::new(format!("{:0width$}", *number, width = limits::CODE_DIGITS))
}

/// The code as it was meant: digits, whatever spaces and hyphens stand between them. `None` when it cannot be one.
#[must_use]
pub fn recognise(typed: &SecretText) -> Option<SecretText> {
    let mut digits = Zeroizing::new(String::with_capacity(limits::CODE_DIGITS));
    for c in typed.expose().chars() {
        match c {
            ' ' | '-' | '\u{a0}' => {}
            '0'..='9' if digits.len() < limits::CODE_DIGITS => digits.push(c),
            _ => return None,
        }
    }
    (digits.len() == limits::CODE_DIGITS).then(|| SecretText::new(digits.to_string()))
}

/// A code as it stands in a mail: two groups of four.
pub struct Grouped<'a>(pub &'a SecretText);

impl fmt::Display for Grouped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.expose().split_at_checked(limits::CODE_DIGITS / 2) {
            Some((first, second)) => write!(f, "{first} {second}"),
            None => f.write_str(self.0.expose()),
        }
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::crypto::system_rng;

    use super::*;

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[test]
    fn a_fresh_code_is_recognised_as_it_stands_in_the_mail() {
        for _ in 0..200 {
            let code = fresh(&mut system_rng());
            assert_eq!(code.expose().len(), 8);
            assert_eq!(recognise(&code), Some(code.clone()));
            assert_eq!(recognise(&secret(&Grouped(&code).to_string())), Some(code));
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        for bad in ["", "1234567", "123456789", "1234567a", "1234 567", "１２３４５６７８"] {
            assert_eq!(recognise(&secret(bad)), None, "{bad}");
        }
        assert_eq!(recognise(&secret(" 1234-5678 ")), Some(secret("12345678")));
    }

    #[test]
    fn leading_zeros_are_kept() {
        assert_eq!(Grouped(&secret("00000042")).to_string(), "0000 0042");
    }
}
