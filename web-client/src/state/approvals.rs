//! Computers of the account that ask to be approved: which of them the page shows, and how it went with the last.

use igoon_shared::{
    client::io::{ApprovalsView, QuestionView},
    ids::DeviceId,
    sorted::SortedMap,
    time::Timestamp,
};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approvals {
    /// Who asks.
    pub view: ApprovalsView,
    /// How it went with the last; shown until it was looked at.
    pub answered: Option<Answered>,
    /// Those that are to be decided later, and when they had asked: who asks again is shown again.
    put_off: SortedMap<DeviceId, Timestamp>,
}

/// What somebody said to a computer's question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What the computer calls itself.
    pub name: String,
    /// It was approved, or refused.
    pub approved: bool,
}

/// What somebody does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalAction {
    /// Look at the question of this computer.
    Open(DeviceId),
    /// Answer it.
    Answered {
        /// Which.
        device: DeviceId,
        /// How.
        approved: bool,
    },
    /// Close what is shown, without an answer.
    Close,
}

impl Approvals {
    /// The question that is shown.
    #[must_use]
    pub fn shown(&self) -> Option<&QuestionView> {
        self.view.asked.iter().find(|asked| self.put_off.get(&asked.device) != Some(&asked.asked_at))
    }

    /// Somebody did something.
    pub fn act(&mut self, action: ApprovalAction) {
        match action {
            ApprovalAction::Open(device) => drop(self.put_off.remove(&device)),
            ApprovalAction::Answered { device, approved } => {
                let asked = self.view.asked.iter().find(|asked| asked.device == device);
                self.answered = asked.map(|asked| Answered { name: asked.name.clone(), approved });
            }
            ApprovalAction::Close => {
                if self.answered.take().is_none()
                    && let Some((device, asked_at)) = self.shown().map(|asked| (asked.device, asked.asked_at))
                {
                    self.put_off.insert(device, asked_at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(device: u8, asked_at: i64) -> QuestionView {
        QuestionView {
            device: DeviceId::from_bytes([device; 32]),
            digits: "0001 0002 0003 0004 0005 0006".to_owned(),
            name: format!("computer {device}"),
            platform: "Linux".to_owned(),
            source: "192.0.2.7".to_owned(),
            asked_at: Timestamp(asked_at),
        }
    }

    fn asked(asked: Vec<QuestionView>) -> ApprovalsView {
        ApprovalsView { own: None, asked }
    }

    #[test]
    fn what_is_put_off_comes_back_when_it_is_asked_again_or_looked_for() {
        let mut approvals = Approvals { view: asked(vec![question(1, 5), question(2, 6)]), ..Approvals::default() };
        assert_eq!(approvals.shown(), Some(&question(1, 5)));
        approvals.act(ApprovalAction::Close);
        assert_eq!(approvals.shown(), Some(&question(2, 6)), "one after the other");
        approvals.act(ApprovalAction::Close);
        assert_eq!(approvals.shown(), None);
        approvals.act(ApprovalAction::Open(question(1, 5).device));
        assert_eq!(approvals.shown(), Some(&question(1, 5)));
        approvals.act(ApprovalAction::Close);
        approvals.view = asked(vec![question(1, 5), question(2, 9)]);
        assert_eq!(approvals.shown(), Some(&question(2, 9)));
    }

    #[test]
    fn what_was_answered_is_said_until_it_is_closed() {
        let mut approvals = Approvals { view: asked(vec![question(1, 5)]), ..Approvals::default() };
        approvals.act(ApprovalAction::Answered { device: question(1, 5).device, approved: true });
        assert_eq!(approvals.answered, Some(Answered { name: "computer 1".to_owned(), approved: true }));
        approvals.view = asked(vec![]);
        approvals.act(ApprovalAction::Close);
        assert_eq!((approvals.answered.clone(), approvals.shown()), (None, None));
        approvals.act(ApprovalAction::Close);
        assert_eq!(approvals, Approvals::default(), "nothing is put off that nobody saw");
    }
}
