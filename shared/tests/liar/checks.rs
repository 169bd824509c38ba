//! What must hold after any lie.

use igoon_shared::{
    client::{
        Command, Event, Input, Request,
        io::{Alarm, Body, EntryView, InviteTerms, LogView, LogWish, Method, Standing, Unreadable},
    },
    crypto::{bundle::Bundle, envelope::Envelope},
    ids::{DeviceId, Epoch, Seq},
    log::IgnoredReason,
    protocol::{
        codec,
        frames::{ClientFrame, KeysWanted, ServerFrame},
        http::{AddKeys, Append},
    },
};

use crate::{
    service::{Heard, Liar, Word},
    world::{Host, Who},
};

impl Liar {
    /// These write, and each of them reads all of it, without a gap.
    pub(crate) fn goes_on(&mut self, whom: &[usize]) {
        let texts: Vec<String> = whom.iter().map(|who| self.write(*who)).collect();
        // What waited for a key is asked for.
        self.ask_for_keys();
        for who in whom {
            let host = &self.hosts[*who];
            assert_eq!(host.standing(), Some(Standing::Ready), "of {who}");
            for text in &texts {
                assert!(host.texts().contains(&text.as_str()), "{who} reads {text}: {}", host.diagnosis());
            }
            let newest = host.shown.values().rev().take(texts.len());
            assert!(newest.into_iter().all(|view| !view.gap), "nothing is missing");
            assert!(is_at_rest(host, self), "it has nothing to do that is overdue");
        }
    }

    /// A client stands still for this reason, and says so; whatever its person wants and the service asks, it sends nothing
    /// and wraps nothing, also when it starts anew, though the service tells the lie no more. What it could read stays.
    pub(crate) fn stands_still(&mut self, who: usize, alarm: Alarm) {
        let standing = self.hosts[who].standing().unwrap();
        assert_eq!(standing, Standing::Alarm(alarm), "of {who}");
        assert_ne!(standing.remedy(), None, "its person is told what to do");
        let texts: Vec<String> = self.hosts[who].texts().into_iter().map(ToOwned::to_owned).collect();
        for anew in [false, true] {
            if anew {
                self.restart(who);
                assert_eq!(self.hosts[who].standing(), Some(standing), "also after a restart");
            }
            self.heard.clear();
            self.write(who);
            self.command(who, Command::Invite { room: self.room, terms: InviteTerms::default() });
            let log = self.hosts[who].client.room(self.room).unwrap().log().unwrap();
            let wanted = KeysWanted {
                room: self.room,
                epoch: log.current_epoch(),
                devices: log.entitled_devices().map(|(device, _)| *device).collect(),
                links: (1..log.current_epoch().0).map(Epoch).collect(),
            };
            self.tell(who, ServerFrame::KeysWanted(wanted));
            self.reconnect(who);
            let acts: Vec<_> = self.heard.iter().filter(|heard| heard.who == who && is_act(&heard.what)).collect();
            assert!(acts.is_empty(), "{} things were sent", acts.len());
            assert!(self.waiting(who) > 0, "what was written waits, and is shown so");
            assert!(is_at_rest(&self.hosts[who], self), "it is not overdue for what it will not do");
        }
        assert_eq!(self.hosts[who].texts(), texts);
    }

    /// Nothing of what clients said holds a text in clear, or a key for anybody but these.
    pub(crate) fn nothing_leaked(&self, to: &[usize]) {
        let bundles: Vec<_> = to.iter().map(|who| self.hosts[*who].client.identity().bundle()).collect();
        for envelope in self.wrapped() {
            let context = envelope.context().unwrap();
            let fits = |it: &&Bundle| (it.device(), it.fingerprint()) == (context.recipient, context.fingerprint);
            assert!(bundles.iter().any(fits), "a key was wrapped for {:?}", context.recipient);
        }
        let texts: Vec<&String> = self.hosts.iter().flat_map(|host| &host.written).collect();
        for Heard { what, .. } in &self.heard {
            let said = match what {
                Word::Frame(frame) => codec::encode(frame),
                Word::Request(request) => request.body.clone().unwrap_or_default(),
            };
            for text in &texts {
                assert!(!said.windows(text.len()).any(|part| part == text.as_bytes()), "{text} went out in clear");
            }
        }
    }

    /// The envelopes that clients made since it began to listen.
    pub(crate) fn wrapped(&self) -> Vec<Envelope> {
        let requests = self.heard.iter().filter_map(|heard| match &heard.what {
            Word::Request(request) => Some(request),
            Word::Frame(_) => None,
        });
        requests.flat_map(envelopes).collect()
    }

    /// Whom a client wrapped keys for since it began to listen, and of which epochs.
    pub(crate) fn wrapped_for(&self) -> Vec<(DeviceId, Epoch)> {
        let contexts = self.wrapped().into_iter().map(|envelope| envelope.context().unwrap());
        contexts.map(|context| (context.recipient, context.epoch)).collect()
    }

    /// The room's log as a client shows it, newest first.
    pub(crate) fn log_shown(&mut self, who: usize) -> LogView {
        let wish = LogWish { about: None, access: false, most: 1_000 };
        let events = self.events(who, Input::Command(Command::ShowLog { room: self.room, wish }));
        let mut views =
            events.into_iter().filter_map(|event| if let Event::Log(view) = event { Some(view) } else { None });
        views.next().unwrap()
    }

    /// The newest entry as a client shows it.
    pub(crate) fn newest_entry(&mut self, who: usize) -> EntryView {
        self.log_shown(who).entries.into_iter().next().unwrap()
    }

    /// These clients show the newest entry as one without effect, for this reason.
    pub(crate) fn shown_without_effect(&mut self, to: &[usize], why: IgnoredReason) {
        for who in to {
            assert_eq!(self.newest_entry(*who).ignored, Some(why), "to {who}");
        }
    }

    /// Why a client cannot read what stands at a place.
    pub(crate) fn unreadable(&self, who: usize, seq: Seq) -> Unreadable {
        match &self.hosts[who].shown[&seq].body {
            Body::Unreadable(why) => *why,
            Body::Text(text) => panic!("it says {text}"),
        }
    }

    /// A client has this key, by what it saved.
    pub(crate) fn has_key(&self, who: usize, epoch: Epoch) -> bool {
        self.key_of(who, epoch).is_some()
    }

    /// The people that a client shows in the room, by account.
    pub(crate) fn people_shown(&self, who: usize) -> Vec<u8> {
        let members = &self.hosts[who].view.as_ref().unwrap().members;
        members.iter().map(|member| member.account.as_bytes()[0]).collect()
    }
}

/// Whether the core wants to be woken at a moment that is over: a host would wake it without end.
fn is_at_rest(host: &Host, liar: &Liar) -> bool {
    host.client.next_deadline().is_none_or(|deadline| deadline > liar.now)
}

/// Whether something is sent, wrapped or appended by it.
fn is_act(word: &Word) -> bool {
    match word {
        Word::Frame(frame) => matches!(frame, ClientFrame::Send(_)),
        Word::Request(request) => request.method != Method::Get,
    }
}

fn envelopes(request: &Request) -> Vec<Envelope> {
    let body = request.body.as_deref().unwrap_or_default();
    match (request.method, request.path.rsplit('/').next()) {
        (Method::Post, Some("rooms" | "log")) => serde_json::from_slice::<Append>(body).unwrap().envelopes,
        (Method::Post, Some("keys")) => serde_json::from_slice::<AddKeys>(body).unwrap().envelopes,
        _ => Vec::new(),
    }
}

/// The second computer of the account of client `who`.
pub(crate) fn second_computer(number: u8, account: u8) -> Who {
    Who { number, account, handle: format!("person{account}") }
}
