//! Safety numbers on the page: with whom they are being compared, and whether a text that somebody sent holds the same.

use igoon_shared::{
    client::io::{Compared, ComparisonView, RoomView},
    ids::{AccountId, RoomId},
};

/// What is being compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparing {
    /// Where.
    pub room: RoomId,
    /// With whom.
    pub account: AccountId,
    /// The numbers, once they came.
    pub view: Option<ComparisonView>,
}

impl Comparing {
    /// Takes numbers, if they are those that are wanted.
    pub(super) fn take(comparing: &mut Option<Self>, view: ComparisonView) {
        let wanted = comparing.as_mut().filter(|wanted| (wanted.room, wanted.account) == (view.room, view.account));
        if let Some(wanted) = wanted {
            wanted.view = Some(view);
        }
    }
}

/// Whether a text holds the digits of this number and no others; `None` as long as it holds fewer.
#[must_use]
pub fn holds(text: &str, number: &str) -> Option<bool> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (text, number) = (digits(text), digits(number));
    (text.len() >= number.len()).then(|| text == number)
}

/// Who was verified before and has a computer now that was not compared.
pub(super) fn to_compare_again(before: &RoomView, now: &RoomView) -> Option<AccountId> {
    let verified =
        |account| before.members.iter().any(|one| one.account == account && one.compared == Compared::Wholly);
    let mut partly = now.members.iter().filter(|member| member.compared == Compared::Partly);
    partly.find(|member| verified(member.account)).map(|member| member.account)
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    const NUMBER: &str = "22138 48774 28327 71210 80676 55395 66539 44190 29838 73778 17945 76379";

    fn view(account: AccountId) -> ComparisonView {
        let compared = Compared::Not;
        ComparisonView { room: testing::ROOM, account, number: None, compared, computers: Vec::new() }
    }

    #[test]
    fn a_text_is_compared_by_its_digits_however_it_is_written() {
        assert_eq!(holds(&NUMBER.replace(' ', "\n"), NUMBER), Some(true));
        assert_eq!(holds(&format!("“{}”", NUMBER.replace(' ', "")), NUMBER), Some(true));
        assert_eq!(holds(&NUMBER.replace("76379", "76378"), NUMBER), Some(false));
        assert_eq!(holds(&format!("{NUMBER} 1"), NUMBER), Some(false));
        assert_eq!(holds(NUMBER.trim_end_matches('9'), NUMBER), None, "not yet");
    }

    #[test]
    fn numbers_that_nobody_waits_for_are_not_shown() {
        let mut comparing = Some(Comparing { room: testing::ROOM, account: testing::BEA, view: None });
        Comparing::take(&mut comparing, view(testing::ME));
        assert_eq!(comparing.as_ref().and_then(|one| one.view.clone()), None);
        Comparing::take(&mut comparing, view(testing::BEA));
        assert!(comparing.is_some_and(|one| one.view.is_some()));
    }

    #[test]
    fn whoever_was_verified_and_is_no_more_is_noticed_once() {
        let with = |compared| {
            let mut view = testing::room_view();
            view.members.iter_mut().filter(|member| !member.me).for_each(|member| member.compared = compared);
            view
        };
        let [not, partly, wholly] = [Compared::Not, Compared::Partly, Compared::Wholly].map(with);
        assert_eq!(to_compare_again(&wholly, &partly), Some(testing::BEA));
        for (before, now) in [(&not, &partly), (&partly, &partly), (&wholly, &not), (&not, &wholly)] {
            assert_eq!(to_compare_again(before, now), None);
        }
    }
}
