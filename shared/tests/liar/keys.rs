//! Envelopes and keys: forged, swapped, held out unasked, another for another person.

use igoon_shared::{
    client::{
        Command, Input, RequestId,
        io::{Alarm, Body, Method, Remedy, Unreadable},
    },
    crypto::{
        envelope::{Envelope, EnvelopeReason},
        epoch::EpochKey,
        label, primitives, system_rng,
    },
    ids::{Epoch, RoomId, Seq},
    log::{EpochReason, HistoryRule},
    protocol::{
        bytes::Blob,
        frames::{KeysAdded, KeysWanted, ServerFrame, StreamContent},
        http::RoomKeys,
    },
};

use crate::{
    forging::{Forged, context, epoch_started, intruder},
    service::{Liar, Word},
    world::ok,
};

const ACCOMPLICE: usize = 2;

/// Envelopes in the place of the right one, for client 1, which lacks the current key. `key` is the right one.
fn forged_envelopes(liar: &Liar, epoch: Epoch, key: &EpochKey) -> Vec<(&'static str, Envelope)> {
    let accomplice = liar.identity(ACCOMPLICE);
    let [owner, me] = [0, 1].map(|who| liar.identity(who).bundle().clone());
    let right = context(liar, ACCOMPLICE, &me, epoch);
    let honest = || Forged { context: right.clone(), holds: key.clone(), recipient: &me, signer: accomplice.keys() };
    let other = EpochKey::random(&mut system_rng());
    let stranger = &intruder().keys;
    let (sound, unsigned) = (honest().seal(), Envelope { signature: Blob(vec![]), ..honest().seal() });
    let from_another = forge(honest(), |it| it.context.reason = EnvelopeReason::Recovery);
    let signed_anew = |context: &Blob, ciphertext: &Blob| {
        let parts: [&[u8]; 2] = [&context.0, &primitives::sha256(&ciphertext.0)];
        let signature = Blob(accomplice.keys().sign(label::SIGN_ENVELOPE, &parts).to_vec());
        Envelope { context: context.clone(), ciphertext: ciphertext.clone(), signature }
    };
    let mut damaged = sound.ciphertext.clone();
    damaged.0[100] ^= 1;
    vec![
        ("nobody signed it", unsigned),
        ("the intruder signed it in a member's name", forge(honest(), |it| it.signer = stranger)),
        ("the intruder signed it in its own name", {
            forge(honest(), |it| (it.signer, it.context.wrapper) = (stranger, intruder().id()))
        }),
        ("of another room", forge(honest(), |it| it.context.room = RoomId::from_bytes([1; 32]))),
        ("of an epoch that is not begun", forge(honest(), |it| it.context.epoch = Epoch(1_000))),
        ("for another device", forge(honest(), |it| (it.context.recipient, it.recipient) = (owner.device(), &owner))),
        ("for another key of this device", forge(honest(), |it| it.context.fingerprint = owner.fingerprint())),
        ("of another suite", forge(honest(), |it| it.context.suite = 2)),
        ("another key than it says", forge(honest(), |it| it.holds = other.clone())),
        ("one envelope's key in another's frame", signed_anew(&sound.context, &from_another.ciphertext)),
        ("damaged", signed_anew(&sound.context, &damaged)),
        ("of a damaged frame", signed_anew(&Blob(sound.context.0[1..].to_vec()), &sound.ciphertext)),
    ]
}

fn forge<'a>(mut envelope: Forged<'a>, change: impl FnOnce(&mut Forged<'a>)) -> Envelope {
    change(&mut envelope);
    envelope.seal()
}

/// OAEP authenticates nobody: an envelope that opens is believed only with a signature of who may have wrapped it, and for
/// what it says. Who is given such a one shows that it lacks the key, and starts the next epoch itself.
#[test]
fn a_forged_or_mismatched_envelope_opens_nothing() {
    let mut liar = Liar::new(2, HistoryRule::FromJoining);
    let cases = forged_envelopes(&liar, liar.log(0).current_epoch(), &EpochKey::random(&mut system_rng())).len();
    for case in 0..cases {
        let epoch = liar.log(0).current_epoch();
        let key = liar.key_of(1, epoch).unwrap();
        let (why, envelope) = forged_envelopes(&liar, epoch, &key).swap_remove(case);
        liar.hosts[1].away = true;
        liar.write(0);
        let lost = Seq(liar.faces[0].stream.len() as u64);
        liar.lose_key(1, epoch);
        liar.hosts[1].away = false;
        liar.heard.clear();
        liar.twist_keys(1, move |keys| {
            keys.links.clear();
            keys.envelopes.retain(|it| it.context().unwrap().epoch != epoch);
            keys.envelopes.push(envelope.clone());
        });
        liar.settle();
        assert!(!liar.has_key(1, epoch), "{why}");
        assert_eq!(liar.log(0).current_epoch(), epoch.next(), "it starts an epoch that it has the key of: {why}");
        let text = liar.write(ACCOMPLICE);
        assert!(liar.hosts[1].texts().contains(&text.as_str()), "it reads on: {why}");
        assert_eq!(liar.unreadable(1, lost), Unreadable::NoKey(epoch), "{why}");
        assert_eq!(Unreadable::NoKey(epoch).remedy(), Some(Remedy::AskForKeys));
        liar.nothing_leaked(&[0, 1, 2]);
        liar.be_honest();
        liar.command(1, Command::AskForKeys { room: liar.room });
        liar.ask_for_keys();
        assert!(liar.has_key(1, epoch), "the honest one opens: {why}");
        assert!(matches!(liar.hosts[1].shown[&lost].body, Body::Text(_)), "{why}");
    }
}

/// A member that was put out wraps the key of a later epoch, and a key of an earlier one is held out for the current.
#[test]
fn an_envelope_by_who_was_put_out_or_of_an_earlier_epoch_opens_nothing() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let early = liar.log(0).current_epoch();
    let old = liar.faces[0].envelopes.clone();
    liar.command(0, Command::RemoveMember { room: liar.room, account: liar.identity(ACCOMPLICE).account() });
    liar.goes_on(&[0, 1]);
    let epoch = liar.log(0).current_epoch();
    assert!(epoch > early);
    let me = liar.identity(1).bundle().clone();
    let put_out = liar.identity(ACCOMPLICE);
    let forged = Forged {
        context: context(&liar, ACCOMPLICE, &me, epoch),
        holds: liar.key_of(0, epoch).unwrap(),
        recipient: &me,
        signer: put_out.keys(),
    };
    let envelope = forged.seal();
    liar.lose_key(1, epoch);
    liar.twist_keys(1, move |keys| {
        keys.envelopes.clone_from(&old);
        keys.envelopes.push(envelope.clone());
    });
    liar.heard.clear();
    liar.settle();
    assert!(!liar.has_key(1, epoch));
    liar.goes_on(&[0, 1]);
    liar.nothing_leaked(&[0, 1]);
}

/// A member signed another key for an epoch that has one: it is not used, and the room stands still until somebody has looked.
#[test]
fn a_second_key_for_an_epoch_stops_the_room() {
    let mut liar = Liar::new(2, HistoryRule::FromJoining);
    let epoch = liar.log(0).current_epoch();
    let accomplice = liar.identity(ACCOMPLICE);
    let me = liar.identity(1).bundle().clone();
    let second = EpochKey::random(&mut system_rng());
    let mut said = context(&liar, ACCOMPLICE, &me, epoch);
    said.key_id = second.key_id();
    let envelope = Forged { context: said, holds: second.clone(), recipient: &me, signer: accomplice.keys() }.seal();
    liar.lose_key(1, epoch);
    liar.twist_keys(1, move |keys| keys.envelopes.push(envelope.clone()));
    liar.heard.clear();
    liar.settle();
    assert_ne!(liar.key_of(1, epoch).map(|key| key.key_id()), Some(second.key_id()));
    liar.be_honest();
    liar.stands_still(1, Alarm::SecondKey(epoch));
    liar.nothing_leaked(&[0, 1, 2]);
    // Its person has looked, and the service shows nothing of it any more.
    liar.command(1, Command::LookedAt { room: liar.room });
    liar.goes_on(&[0, 1, 2]);
    liar.restart(1);
    liar.goes_on(&[0, 1, 2]);
}

/// A member starts an epoch and gives one of the others another key than it signed for.
#[test]
fn who_is_given_another_key_than_the_others_shows_that_it_lacks_it_and_goes_on() {
    let mut liar = Liar::new(2, HistoryRule::FromJoining);
    let epoch = liar.log(0).current_epoch().next();
    let [signed, other] = [(); 2].map(|()| EpochKey::random(&mut system_rng()));
    let entry = liar.entry(0, ACCOMPLICE, epoch_started(epoch, &signed, EpochReason::Age));
    let accomplice = liar.identity(ACCOMPLICE);
    (0..3).for_each(|who| liar.hosts[who].away = true);
    liar.show(0, StreamContent::Log(entry));
    for (who, holds) in [(0, &signed), (1, &other), (ACCOMPLICE, &signed)] {
        let recipient = liar.identity(who).bundle().clone();
        let context = context(&liar, ACCOMPLICE, &recipient, epoch);
        let forged = Forged { context, holds: holds.clone(), recipient: &recipient, signer: accomplice.keys() };
        liar.faces[0].envelopes.push(forged.seal());
    }
    let under_it = liar.seal_under(&signed, ACCOMPLICE, &liar.header(0, ACCOMPLICE), "for all");
    let seq = liar.show(0, StreamContent::Message(under_it));
    liar.heard.clear();
    liar.hosts[0].away = false;
    liar.settle();
    assert_eq!(liar.hosts[0].texts().last(), Some(&"for all"));
    liar.hosts[1].away = false;
    liar.settle();
    assert!(!liar.has_key(1, epoch), "neither of them");
    assert_eq!(liar.unreadable(1, seq), Unreadable::NoKey(epoch));
    assert_eq!(Unreadable::NoKey(epoch).remedy(), Some(Remedy::AskForKeys));
    liar.goes_on(&[0, 1]);
    liar.nothing_leaked(&[0, 1, 2]);
}

/// Keys that nobody asked for: after word of news where nothing is lacking, in a second answer to one question, of epochs that
/// the log does not have. And a wish for keys of an epoch to come.
#[test]
fn a_key_that_was_not_asked_for_is_not_taken() {
    let mut liar = Liar::new(2, HistoryRule::FromJoining);
    let epoch = liar.log(0).current_epoch();
    let accomplice = liar.identity(ACCOMPLICE);
    let me = liar.identity(1).bundle().clone();
    let pushed = EpochKey::random(&mut system_rng());
    let mut said = context(&liar, ACCOMPLICE, &me, epoch);
    (said.epoch, said.key_id) = (Epoch(7), pushed.key_id());
    let unasked = Forged { context: said, holds: pushed, recipient: &me, signer: accomplice.keys() }.seal();

    liar.heard.clear();
    liar.tell(1, ServerFrame::KeysAdded(KeysAdded { room: liar.room }));
    assert_eq!(liar.questions(), [], "it lacks nothing");

    liar.lose_key(1, epoch);
    liar.settle();
    let [asked] = liar.questions()[..] else { panic!("it asked more than once") };
    let saved = liar.records(1);
    let answer = ok(&RoomKeys { envelopes: vec![unasked.clone()], links: vec![] });
    liar.events(1, Input::Answer { request: asked, answer });
    assert_eq!(liar.records(1), saved, "the answer had come");

    liar.lose_key(1, epoch);
    liar.twist_keys(1, move |keys| keys.envelopes.push(unasked.clone()));
    liar.settle();
    assert_eq!(liar.records(1), saved, "of an epoch that the log does not have");

    liar.heard.clear();
    let (room, devices) = (liar.room, vec![liar.hosts[0].device()]);
    liar.tell(1, ServerFrame::KeysWanted(KeysWanted { room, epoch: Epoch(7), devices, links: vec![Epoch(6)] }));
    assert_eq!(liar.wrapped_for(), []);
    liar.goes_on(&[0, 1, 2]);
    liar.nothing_leaked(&[0, 1, 2]);
}

impl Liar {
    /// The questions for keys that client 1 asked since the service began to listen.
    fn questions(&self) -> Vec<RequestId> {
        let requests = self.heard.iter().filter(|heard| heard.who == 1).filter_map(|heard| match &heard.what {
            Word::Request(request) if request.method == Method::Get && request.path.ends_with("/keys") => {
                Some(request.id)
            }
            _ => None,
        });
        requests.collect()
    }
}
