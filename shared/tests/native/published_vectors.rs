//! `docs/vectors/suite1.json`: every step of suite 1 with inputs and outputs, for whoever writes a client in another
//! language. Each output is made twice: here from the primitives alone, as PROTOCOL.md describes it, and by the product.
//! Both must agree, and must be what the file holds; `IGOON_BLESS=1` rewrites it.

use std::process::Command;

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use igoon_shared::{
    crypto::{
        CryptoError, SUITE,
        bundle::{Bundle, SignedBundle},
        envelope::{Envelope, EnvelopeContext, EnvelopeReason},
        epoch::{EpochKey, SealedKey, SealingSecret},
        invite::{self, InviteSecret},
        kit::KitCode,
        message::{
            Cursor, LogHead, MessageHeader, MessageKind, MessageTarget, SealedMessage, SenderPosition, TextBody,
        },
        safety,
    },
    ids::{AccountId, Epoch, Incarnation, InstallationId, MessageId, RoomId, Seq, SessionTag},
    log::{
        Action, Author, Effect, EpochReason, HistoryRule, Role, SignedEntry,
        action::{
            DeviceRevoked, DeviceStatement, EpochStarted, HistoryRuleSet, InviteClosed, Left, MemberInvitesAllowed,
            MemberRemoved, OwnershipPassed, RecoveryAnnounced, RecoveryMode, RecoveryPolicySet, RecoveryReleased,
            RecoveryVetoed, Renameable, Renamed, RetentionSet, RoleChanged, Standing,
        },
        request::RecoveryRequest,
    },
    protocol::{bytes::Blob, codec, frames::OpenName},
    time::Timestamp,
};
use rsa::{Oaep, pkcs8::EncodePublicKey};
use serde::{Serialize, Serializer, ser::SerializeMap};
use sha2::{Digest, Sha256};

use crate::support::{
    self, Given, TestDevice, golden, recovery,
    room::{NOW, TestRoom, invited, joining, vouched, vouching},
    rsa_pkcs8, signing_seed, to_hex,
};

#[test]
fn suite_1() {
    let devices = [(1, 1), (2, 2), (3, 1), (4, 2), (2, 1)].map(|(number, account)| TestDevice::new(number, account));
    let secret = InviteSecret::from_bytes([0x5e; 32]);
    let room = room(&devices, &secret);
    let (creator, guest) = (&devices[0], &devices[1]);
    let everything = map([
        (
            "about",
            text(
                "Test vectors of suite 1: byte strings in hex, text as it is. Labels are put before what follows \
                        them without a separator; || joins; numbers in hashed and derived inputs are big endian.",
            ),
        ),
        ("suite", Node::Number(u64::from(SUITE))),
        (
            "devices",
            Node::List(
                [1, 2, 3, 4, 2]
                    .into_iter()
                    .zip(&devices)
                    .map(|(number, device)| device_vector(number, device))
                    .collect(),
            ),
        ),
        ("approval_digits", approval_digits(&devices[2])),
        ("safety_number", safety_number(creator, guest)),
        ("person_safety_number", person_safety_number([&devices[0], &devices[2]], guest)),
        ("name", name_vector()),
        ("epoch_keys", Node::List(vec![epoch_key(1), epoch_key(2)])),
        ("epoch_link", sealed_key(room.id(), Sealing::Link)),
        ("invite", invite_vector(&secret, room.id(), guest)),
        ("invite_sealed_key", sealed_key(room.id(), Sealing::Invite(&secret))),
        ("envelope", envelope(room.id(), guest, creator)),
        ("message", message(room.id(), room.state.head(), creator, guest)),
        ("statement", statement(creator, &devices[2])),
        ("log", log(&room, 0, &devices)),
        ("later_log", log(&later(&room, &devices), room.entries.len(), &devices)),
        ("recovery_request", request(&recovery::request(&room, &devices[3]), &devices[3])),
        ("recovery_log", log(&recoveries(&room, &devices), room.entries.len(), &devices)),
        ("recovery_holder", holder(recovery::pinned())),
        ("recovery_kit", kit(recovery::pinned(), room.id())),
        ("refused_bundles", refused_bundles(creator)),
    ]);
    let json = serde_json::to_string_pretty(&everything).unwrap() + "\n";
    golden::assert_same("../docs/vectors/suite1.json", &json);
}

/// `docs/vectors/check.py` makes the same from PROTOCOL.md alone. It needs Debian's python3-cryptography and python3-msgpack.
#[test]
fn another_language_agrees() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors/check.py");
    let output = Command::new("/usr/bin/python3").arg(script).output().unwrap();
    let [said, complained] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success() && said.contains("values of suite 1 are the same"), "{said}{complained}");
}

/// A room of two people, one of whom has two devices.
fn room(devices: &[TestDevice; 5], secret: &InviteSecret) -> TestRoom {
    let [creator, guest, second, ..] = devices;
    let mut room = TestRoom::new(creator, HistoryRule::AllRetained);
    room.append(creator, started(1, EpochReason::RoomCreated)).unwrap();
    room.append(creator, invited(room.id(), secret, Role::Member, 1)).unwrap();
    room.append(guest, Action::Joined(joining(room.id(), secret, guest))).unwrap();
    room.append(guest, started(2, EpochReason::Joining)).unwrap();
    let statement = vouching(creator, second).sign(&creator.keys);
    room.append(second, vouched(statement, second)).unwrap();
    room.append(guest, Action::Renamed(Renamed { what: Renameable::Handle, name: name().hash().unwrap() })).unwrap();
    room.append(creator, Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed: true })).unwrap();
    let closed = InviteSecret::from_bytes([0x5f; 32]);
    room.append(guest, invited(room.id(), &closed, Role::Member, 3)).unwrap();
    room.append(guest, Action::InviteClosed(InviteClosed { invite: closed.key(room.id()) })).unwrap();
    room
}

/// What comes after: the same room, in which people and computers go and come back.
fn later(room: &TestRoom, devices: &[TestDevice; 5]) -> TestRoom {
    let [creator, guest, second, ..] = devices;
    let (creators, guests) = (creator.account, guest.account);
    let mut room = room.clone();
    let revoked = DeviceStatement { standing: Standing::Revoked, ..vouching(creator, second) }.sign(&creator.keys);
    let again = InviteSecret::from_bytes([0x60; 32]);
    let (invite, rejoining) =
        (invited(room.id(), &again, Role::Member, 1), Action::Joined(joining(room.id(), &again, creator)));
    for (author, action) in [
        (creator, Action::RoleChanged(RoleChanged { account: guests, role: Role::Admin })),
        (creator, Action::RetentionSet(RetentionSet { days: Some(30) })),
        (creator, Action::HistoryRuleSet(HistoryRuleSet { history: HistoryRule::FromJoining })),
        (guest, Action::DeviceRevoked(DeviceRevoked { device: second.id(), statement: Some(revoked) })),
        (guest, started(3, EpochReason::DeviceRevoked)),
        (creator, Action::OwnershipPassed(OwnershipPassed { account: guests })),
        (creator, Action::Left(Left {})),
        (guest, started(4, EpochReason::Leaving)),
        (guest, invite),
        (creator, rejoining),
        (creator, started(5, EpochReason::Joining)),
        (guest, Action::MemberRemoved(MemberRemoved { account: creators })),
        (guest, started(6, EpochReason::MemberRemoved)),
    ] {
        assert_eq!(room.append(author, action).unwrap().effect, Effect::Done);
    }
    room
}

/// In place of that: device 4 replaces device 2, after a wait; and somebody objects to device 5.
fn recoveries(room: &TestRoom, devices: &[TestDevice; 5]) -> TestRoom {
    let [creator, guest, second, guests_new, creators_new] = devices;
    let mut room = room.clone();
    let hour = 60 * 60 * 1_000;
    let policy = RecoveryPolicySet {
        admins_approve: true,
        veto_delay_ms: 60 * 60 * 1_000,
        owner_by_announcement: true,
        ..recovery::policy(RecoveryMode::ServerAssisted)
    };
    let does = |room: &mut TestRoom, author: &TestDevice, action: Action| {
        assert_eq!(room.append(author, action).unwrap().effect, Effect::Done);
        room.state.head().hash
    };
    let service_does = |room: &mut TestRoom, hours: i64, action: Action| {
        let entry = recovery::by_pinned(room, NOW.plus_millis(hours * hour), action);
        assert_eq!(room.apply(&entry).unwrap().effect, Effect::Done);
        room.state.head().hash
    };
    does(&mut room, creator, Action::RecoveryPolicySet(policy));
    does(&mut room, creator, started(3, EpochReason::RecoveryPolicyChanged));
    let approval = recovery::approval(&room, guests_new, Some(guest));
    let entry = does(&mut room, creator, Action::RecoveryApproved(approval));
    service_does(&mut room, 1, Action::RecoveryReleased(RecoveryReleased { entry }));
    does(&mut room, creator, started(4, EpochReason::DeviceRecovered));
    let announced = RecoveryAnnounced {
        request: recovery::request(&room, creators_new).sign(&creators_new.keys),
        bundle: creators_new.bundle.signed().clone(),
        up_to_epoch: Epoch(4),
        effective_at: NOW.plus_millis(74 * hour),
    };
    let entry = service_does(&mut room, 2, Action::RecoveryAnnounced(announced));
    does(&mut room, second, Action::RecoveryVetoed(RecoveryVetoed { entry }));
    room
}

fn request(request: &RecoveryRequest, by: &TestDevice) -> Node {
    let signed = request.sign(&by.keys);
    let step = signature(&signing_seed(4), "igoon/v1/sign/recovery-request", &[&signed.request.0]);
    assert_eq!(signed.signature.0, step.output);
    assert_eq!(signed.verify(request.room, &by.bundle).as_ref(), Ok(request));
    map([
        ("about", text("Device 4 asks the room for access. An approval or announcement carries it.")),
        ("at", Node::Number(request.at.0.try_into().unwrap())),
        ("device_name", hex(request.device_name.as_bytes())),
        ("request", hex(&signed.request.0)),
        ("signature", step.node()),
    ])
}

fn device_vector(number: u8, device: &TestDevice) -> Node {
    let seed = signing_seed(number);
    let spki = device.bundle.rsa().to_public_key_der().unwrap().into_vec();
    let public = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    let signed = device.bundle.signed();
    let bundle = signature(&seed, "igoon/v1/sign/bundle", &[&signed.bundle.0]);
    assert_eq!(bundle.output, signed.signature.0);
    let installation = device.bundle.installation();
    let id = hash("igoon/v1/hash/device-id", &[device.account.as_bytes(), installation.as_bytes(), &public, &spki]);
    assert_eq!(id.output, device.id().as_bytes());
    let fingerprint = hash("igoon/v1/hash/rsa-fingerprint", &[&spki]);
    assert_eq!(fingerprint.output, device.bundle.fingerprint().as_bytes());
    map([
        ("rsa_private_pkcs8", hex(rsa_pkcs8(number))),
        ("rsa_public_spki", hex(&spki)),
        ("ed25519_seed", hex(&seed)),
        ("ed25519_public", hex(&public)),
        ("account", hex(device.account.as_bytes())),
        ("installation", hex(installation.as_bytes())),
        ("bundle", hex(&signed.bundle.0)),
        ("signature", bundle.node()),
        ("device_id", id.node()),
        ("rsa_fingerprint", fingerprint.node()),
    ])
}

/// Who holds recovery keys, as envelopes name it.
fn holder(pinned: &TestDevice) -> Node {
    let holder = pinned.keys.holder().unwrap();
    let id = hash("igoon/v1/hash/device-id", &[&[0; 16], &[0; 16], holder.signing_key(), holder.recovery_key()]);
    assert_eq!(id.output, holder.id().as_bytes());
    map([
        ("rsa_public_spki", hex(holder.recovery_key())),
        ("ed25519_public", hex(holder.signing_key())),
        ("holder_id", id.node()),
    ])
}

/// The private halves of that, under a code.
fn kit(pinned: &TestDevice, room: RoomId) -> Node {
    let secret: [u8; 32] = std::array::from_fn(|place| u8::try_from(place * 7 + 3).unwrap());
    let check = hash("igoon/v1/hash/kit-check", &[&secret]);
    let alphabet = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits: String = secret.iter().chain(&check.output[..3]).map(|byte| format!("{byte:08b}")).collect();
    let characters: Vec<u8> = bits
        .as_bytes()
        .chunks(5)
        .map(|five| alphabet[five.iter().fold(0, |value, bit| value * 2 + usize::from(bit - b'0'))])
        .collect();
    let groups: Vec<_> = characters.chunks(4).map(|group| String::from_utf8(group.to_vec()).unwrap()).collect();
    let code = KitCode::from_bytes(secret);
    assert_eq!(*code.text(), groups.join("-"));
    assert_eq!(KitCode::parse(&code.text()), Ok(code.clone()));

    let (rsa, seed) = pinned.keys.to_parts().unwrap();
    let derived = derivation(&secret, room.as_bytes(), &[b"igoon/v1/recovery-kit"]);
    let aad = [&[SUITE][..], room.as_bytes(), pinned.signing_key()].concat();
    let plaintext = [seed.as_slice(), rsa.as_slice()].concat();
    let sealed = encrypted(&derived.output, [0; 12], &aad, &plaintext);
    assert_eq!(code.seal(room, &pinned.keys).unwrap(), sealed);
    let opened = code.open(room, pinned.signing_key(), &sealed).unwrap();
    assert_eq!(opened.holder().unwrap(), pinned.keys.holder().unwrap());
    for (room, key) in [(RoomId::from_bytes([9; 32]), *pinned.signing_key()), (room, [9; 32])] {
        assert_eq!(code.open(room, &key, &sealed).unwrap_err(), CryptoError::CannotOpen, "of another room or kit");
    }
    map([
        ("secret", hex(&secret)),
        ("check", check.node()),
        ("code", text(&code.text())),
        ("room", hex(room.as_bytes())),
        ("sealing_key", derived.node()),
        ("nonce", hex(&[0; 12])),
        ("additional_data", hex(&aad)),
        ("ed25519_seed", hex(seed.as_slice())),
        ("rsa_private_pkcs8", hex(&rsa)),
        ("ciphertext_and_tag", hex(&sealed)),
    ])
}

fn approval_digits(newcomer: &TestDevice) -> Node {
    let bundle: [u8; 32] = Sha256::digest(&newcomer.bundle.signed().bundle.0).into();
    let round = |before: &[u8]| hash("igoon/v1/hash/approval-digits", &[before, &bundle]);
    let first = round(&bundle);
    let last = (1..65_536).fold(first.output.clone(), |before, _| round(&before).output);
    let digits: Vec<_> = five_byte_numbers(&last).map(|number| format!("{:04}", number % 10_000)).collect();
    let digits = digits.join(" ");
    assert_eq!(digits, safety::approval_digits(&newcomer.bundle));
    assert_eq!(digits.len(), 6 * 4 + 5);
    map([
        ("newcomer_bundle_sha256", hex(&bundle)),
        ("first_round", first.node()),
        ("rounds", Node::Number(65_536)),
        ("last_round_sha256", hex(&last)),
        ("digits", text(&digits)),
    ])
}

fn safety_number(a: &TestDevice, b: &TestDevice) -> Node {
    let hashes = [a, b].map(|device| hash("igoon/v1/hash/safety-number", &[&device.bundle.signed().bundle.0]));
    let number = number_of(&hashes);
    assert_eq!(number, safety::safety_number(&a.bundle, &b.bundle));
    assert_eq!(number, safety::safety_number(&b.bundle, &a.bundle), "whoever asks");
    assert_eq!(number.len(), 12 * 5 + 11);
    let [a, b] = hashes;
    map([("hash_of_device_1", hex(&a.output)), ("hash_of_device_2", hex(&b.output)), ("digits", text(&number))])
}

fn number_of(hashes: &[Step; 2]) -> String {
    let mut halves = hashes.each_ref().map(|hash| {
        let groups: Vec<_> = five_byte_numbers(&hash.output).map(|number| format!("{:05}", number % 100_000)).collect();
        groups.join(" ")
    });
    halves.sort();
    halves.join(" ")
}

/// Of somebody with two computers, and somebody with one.
fn person_safety_number(two: [&TestDevice; 2], one: &TestDevice) -> Node {
    let [mut two, one] = [two.map(TestDevice::id).to_vec(), vec![one.id()]];
    two.sort();
    let label = "igoon/v1/hash/person-safety-number";
    let hashes =
        [&two, &one].map(|ids| hash(label, &ids.iter().map(|id| id.as_bytes().as_slice()).collect::<Vec<_>>()));
    let number = number_of(&hashes);
    let [several, single] = [two.into_iter().collect(), one.into_iter().collect()];
    assert_eq!(number, safety::person_safety_number(&several, &single));
    assert_eq!(number, safety::person_safety_number(&single, &several), "whoever asks");
    let [two, one] = hashes;
    map([("of_two_computers", two.node()), ("of_one_computer", one.node()), ("digits", text(&number))])
}

/// The first 30 bytes as six numbers of five.
fn five_byte_numbers(hash: &[u8]) -> impl Iterator<Item = u64> {
    (0..6).map(|group| hash[group * 5..][..5].iter().fold(0, |number, byte| number * 256 + u64::from(*byte)))
}

fn name() -> OpenName {
    OpenName::new("Chess club ♞", &mut Given(vec![0x1a; 32]))
}

fn name_vector() -> Node {
    let name = name();
    let input = [&[0x1a; 32], name.name.as_bytes()].concat();
    let hash = Sha256::digest(input);
    assert_eq!(name.hash().unwrap().as_bytes()[..], hash[..]);
    map([("random", hex(&name.random.0)), ("name", text(&name.name)), ("hash", hex(&hash))])
}

/// The key of an epoch of the room.
fn key_of(epoch: u8) -> EpochKey {
    EpochKey::from_slice(&[0xe0 | epoch; 32]).unwrap()
}

fn epoch_key(epoch: u8) -> Node {
    let key = key_of(epoch);
    let key_id = derivation(key.expose(), &[], &[b"igoon/v1/key-id"]);
    assert_eq!(key_id.output, key.key_id().as_bytes());
    map([("epoch", Node::Number(u64::from(epoch))), ("key", hex(key.expose())), ("key_id", key_id.node())])
}

/// The entry that starts an epoch of the room.
fn started(epoch: u8, reason: EpochReason) -> Action {
    let key_id = key_of(epoch).key_id();
    Action::EpochStarted(EpochStarted { epoch: Epoch(u64::from(epoch)), key_id, reason })
}

enum Sealing<'a> {
    Link,
    Invite(&'a InviteSecret),
}

fn sealed_key(room: RoomId, sealing: Sealing<'_>) -> Node {
    let (epoch, salt, key, next) = (Epoch(1), [0x5a; 16], key_of(1), key_of(2));
    let (secret, label) = match &sealing {
        Sealing::Link => (*next.expose(), "igoon/v1/epoch-link"),
        Sealing::Invite(secret) => (*secret.sealing_secret(room), "igoon/v1/invite-sealed-key"),
    };
    let derived = derivation(&secret, &salt, &[label.as_bytes()]);
    let key_id = key.key_id();
    let aad = [&[SUITE][..], room.as_bytes(), &epoch.0.to_be_bytes(), key_id.as_bytes()].concat();
    let ciphertext = encrypted(&derived.output, [0; 12], &aad, key.expose());

    let secret_of = |secret| match sealing {
        Sealing::Link => SealingSecret::NextEpoch(&next),
        Sealing::Invite(_) => SealingSecret::Invite(secret),
    };
    let mut random = Given(salt.to_vec());
    let sealed = SealedKey::seal(secret_of(&secret), room, epoch, &key, &mut random).unwrap();
    random.used_up();
    assert_eq!((&sealed.salt.0[..], &sealed.ciphertext.0), (&salt[..], &ciphertext));
    assert_eq!(sealed.open(secret_of(&secret), room, epoch, key_id).unwrap().expose(), key.expose());
    map([
        ("secret", hex(&secret)),
        ("room", hex(room.as_bytes())),
        ("epoch", Node::Number(epoch.0)),
        ("epoch_key", hex(key.expose())),
        ("key_id", hex(key_id.as_bytes())),
        ("sealing_key", derived.node()),
        ("nonce", hex(&[0; 12])),
        ("additional_data", hex(&aad)),
        ("ciphertext_and_tag", hex(&ciphertext)),
    ])
}

fn invite_vector(secret: &InviteSecret, room: RoomId, newcomer: &TestDevice) -> Node {
    let seed = derivation(secret.expose(), room.as_bytes(), &[b"igoon/v1/invite-signing"]);
    let sealing = derivation(secret.expose(), room.as_bytes(), &[b"igoon/v1/invite-secret"]);
    assert_eq!(sealing.output, secret.sealing_secret(room)[..]);
    let seed_bytes: [u8; 32] = seed.output.as_slice().try_into().unwrap();
    let public = SigningKey::from_bytes(&seed_bytes).verifying_key().to_bytes();
    let key = secret.key(room);
    assert_eq!(&public, key.as_bytes());

    let (account, device, installation) = (newcomer.account, newcomer.id(), newcomer.bundle.installation());
    let join = signature(&seed_bytes, "igoon/v1/sign/join", &[room.as_bytes(), account.as_bytes(), device.as_bytes()]);
    assert_eq!(join.output, secret.sign_join(room, account, device));
    invite::verify_join(key, room, account, device, &join.output).unwrap();
    let opening = signature(&seed_bytes, "igoon/v1/sign/invite-use", &[room.as_bytes(), installation.as_bytes()]);
    assert_eq!(opening.output, secret.sign_use(room, installation));
    invite::verify_use(key, room, installation, &opening.output).unwrap();
    map([
        ("secret", hex(secret.expose())),
        ("room", hex(room.as_bytes())),
        ("link", text(&format!("https://chat.example.org/join/{room}#{}", URL_SAFE_NO_PAD.encode(secret.expose())))),
        ("signing_seed", seed.node()),
        ("invite_key", hex(&public)),
        ("sealing_secret", sealing.node()),
        ("join_signature", join.node()),
        ("use_signature", opening.node()),
    ])
}

fn envelope(room: RoomId, wrapper: &TestDevice, recipient: &TestDevice) -> Node {
    let (key, epoch, oaep_seed) = (key_of(2), Epoch(2), [0x0e; 32]);
    let mut random = Given(oaep_seed.to_vec());
    let reason = EnvelopeReason::EpochStart;
    let envelope =
        Envelope::wrap(&wrapper.keys, wrapper.id(), room, epoch, &key, &recipient.bundle, reason, &mut random).unwrap();
    random.used_up();

    let context = codec::encode(&EnvelopeContext {
        suite: SUITE,
        room,
        epoch,
        key_id: key.key_id(),
        recipient: recipient.id(),
        fingerprint: recipient.bundle.fingerprint(),
        wrapper: wrapper.id(),
        reason,
    });
    let label = hash("igoon/v1/hash/envelope-context", &[&context]);
    let padding = Oaep::<Sha256>::new_with_label(label.output.clone());
    let ciphertext =
        recipient.bundle.rsa().encrypt(&mut Given(oaep_seed.to_vec()), padding, &key.expose()[..]).unwrap();
    let signature = signature(&signing_seed(2), "igoon/v1/sign/envelope", &[&context, &Sha256::digest(&ciphertext)]);
    assert_eq!((&envelope.context.0, &envelope.ciphertext.0), (&context, &ciphertext));
    assert_eq!(envelope.signature.0, signature.output);
    envelope.verify(wrapper.signing_key()).unwrap();
    let opened = envelope.open(&recipient.keys, key.key_id(), &mut support::TestRng::new("blinding")).unwrap();
    assert_eq!(opened.expose(), key.expose());
    map([
        (
            "about",
            text(
                "Device 2, which started epoch 2, wraps its key for device 1; the ciphertext has this OAEP seed (RFC 8017, 7.1.1, step 2d).",
            ),
        ),
        ("context", hex(&context)),
        ("oaep_label", label.node()),
        ("epoch_key", hex(key.expose())),
        ("oaep_seed", hex(&oaep_seed)),
        ("ciphertext", hex(&ciphertext)),
        ("signature", signature.node()),
    ])
}

fn message(room: RoomId, log_head: LogHead, sender: &TestDevice, other: &TestDevice) -> Node {
    let key = key_of(2);
    let header = MessageHeader {
        suite: SUITE,
        room,
        epoch: Epoch(2),
        key_id: key.key_id(),
        device: sender.id(),
        session: SessionTag::from_bytes([0x5e; 16]),
        counter: 258,
        message_id: MessageId::from_bytes([0x1d; 16]),
        kind: MessageKind::TEXT,
        target: Some(MessageTarget { device: other.id(), message_id: MessageId::from_bytes([0x1e; 16]) }),
        sent_at: Timestamp(NOW.0 + 1),
        seen: Cursor { incarnation: Incarnation(1), seq: Seq(17) },
        log_head,
        previous: Some(SenderPosition { epoch: Epoch(1), session: SessionTag::from_bytes([0x5d; 16]), counter: 300 }),
    };
    let plaintext = codec::encode(&TextBody { text: "Grüße 👋".to_owned() });
    let header_bytes = codec::encode(&header);
    let salt = [room.as_bytes(), &header.epoch.0.to_be_bytes()[..]].concat();
    let derived =
        derivation(key.expose(), &salt, &[b"igoon/v1/message", sender.id().as_bytes(), header.session.as_bytes()]);
    let nonce = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2];
    let ciphertext = encrypted(&derived.output, nonce, &header_bytes, &plaintext);
    let signed = signature(&signing_seed(1), "igoon/v1/sign/message", &[&header_bytes, &Sha256::digest(&ciphertext)]);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_be_bytes();
    let content = hash(
        "igoon/v1/hash/message",
        &[&length(&header_bytes), &header_bytes, &length(&ciphertext), &ciphertext, &signed.output],
    );

    let sealed = SealedMessage::seal(&sender.keys, &key, &header, &plaintext).unwrap();
    assert_eq!((&sealed.header.0, &sealed.ciphertext.0), (&header_bytes, &ciphertext));
    assert_eq!(sealed.signature.0, signed.output);
    assert_eq!(sealed.content_hash()[..], content.output);
    sealed.verify(sender.signing_key()).unwrap();
    assert_eq!(*sealed.open(&key, &sealed.header().unwrap()).unwrap(), plaintext);
    map([
        ("about", text("Device 1 sends in epoch 2. The header is the additional data.")),
        ("epoch_key", hex(key.expose())),
        ("header", hex(&header_bytes)),
        ("message_key", derived.node()),
        ("counter", Node::Number(header.counter)),
        ("nonce", hex(&nonce)),
        ("plaintext", hex(&plaintext)),
        ("ciphertext_and_tag", hex(&ciphertext)),
        ("signature", signed.node()),
        ("content_hash", content.node()),
    ])
}

fn statement(by: &TestDevice, device: &TestDevice) -> Node {
    let signed = vouching(by, device).sign(&by.keys);
    let step = signature(&signing_seed(1), "igoon/v1/sign/device-statement", &[&signed.statement.0]);
    assert_eq!(signed.signature.0, step.output);
    signed.verify(by.signing_key()).unwrap();
    map([
        ("about", text("Device 1 vouches for device 3. An entry of the log carries it.")),
        ("at", Node::Number(NOW.0.try_into().unwrap())),
        ("statement", hex(&signed.statement.0)),
        ("signature", step.node()),
    ])
}

/// What says the same as a bundle, or more, in another form: its signature matches, and it is refused all the same.
fn refused_bundles(device: &TestDevice) -> Node {
    #[derive(Serialize)]
    struct Reordered<'a> {
        account: AccountId,
        suite: u8,
        installation: InstallationId,
        ed25519: &'a Blob,
        rsa: &'a Blob,
    }
    #[derive(Serialize)]
    struct Larger<'a> {
        suite: u8,
        account: AccountId,
        installation: InstallationId,
        ed25519: &'a Blob,
        rsa: &'a Blob,
        more: u8,
    }
    let (suite, account, installation) = (SUITE, device.account, device.bundle.installation());
    let ed25519 = &Blob(device.signing_key().to_vec());
    let rsa = &Blob(device.bundle.rsa().to_public_key_der().unwrap().into_vec());
    let good = &device.bundle.signed().bundle.0;
    // The map's head, the first name, then the number in two bytes where one is enough.
    let longer = [&good[..7], &[0xcc], &good[7..]].concat();
    let reordered = codec::encode(&Reordered { account, suite, installation, ed25519, rsa });
    let larger = codec::encode(&Larger { suite, account, installation, ed25519, rsa, more: 1 });
    let refused = [
        ("a number in a longer form", longer),
        ("fields in another order", reordered),
        ("an unknown field: of a newer version", larger),
    ];
    let refused = refused.map(|(why, bundle)| {
        let step = signature(&signing_seed(1), "igoon/v1/sign/bundle", &[&bundle]);
        let signed = SignedBundle { bundle: Blob(bundle), signature: Blob(step.output.clone()) };
        assert_eq!(Bundle::verify(&signed), Err(CryptoError::UnknownFormat), "{why}");
        map([("why", text(why)), ("bundle", hex(&signed.bundle.0)), ("signature", hex(&step.output))])
    });
    Node::List(refused.into())
}

/// The entries of a room from an index on, and what they fold to.
fn log(room: &TestRoom, from: usize, devices: &[TestDevice; 5]) -> Node {
    let entries = room.entries[from..].iter().map(|signed| log_entry(signed, devices)).collect();
    let state = &room.state;
    let entitled = state.entitled_devices().map(|(device, _)| hex(device.as_bytes())).collect();
    let members = state.members().map(|(account, _)| hex(account.as_bytes())).collect();
    let open =
        state.invites().filter(|(_, invite)| invite.is_open(NOW)).map(|(invite, _)| hex(invite.as_bytes())).collect();
    map([
        (
            "about",
            text(
                "A whole log: every entry continues the one before it and has its effect. The room is the hash \
                        of the first entry.",
            ),
        ),
        ("room", hex(room.id().as_bytes())),
        ("entries", Node::List(entries)),
        ("members", Node::List(members)),
        ("entitled_devices", Node::List(entitled)),
        ("open_invites", Node::List(open)),
        ("retention_days", Node::Number(state.retention_days().map_or(0, u64::from))),
        ("current_epoch", Node::Number(state.current_epoch().0)),
        ("oldest_open_epoch", Node::Number(state.oldest_open_epoch().0)),
    ])
}

fn log_entry(signed: &SignedEntry, devices: &[TestDevice; 5]) -> Node {
    let input = [b"igoon/v1/sign/log-entry", &signed.entry.0[..]].concat();
    let signature = signed.signature.0.as_slice().try_into().unwrap();
    // Devices 2 and 5 differ in account and installation, not in their keys.
    let by = |device: &TestDevice| signed.body().is_ok_and(|body| body.author == Author::Device(device.id()));
    let author = devices.iter().zip(1..).find(|(device, _)| by(device));
    let (key, author) = author.map_or((recovery::pinned(), 0), |(device, number)| (device, number));
    VerifyingKey::from_bytes(key.signing_key()).unwrap().verify_strict(&input, &signature).unwrap();
    let hash = hash("igoon/v1/hash/log-entry", &[&signed.entry.0]);
    assert_eq!(hash.output, signed.hash().as_bytes());
    map([
        ("author_device", Node::Number(author)), // 0: the key that the policy pins
        ("entry", hex(&signed.entry.0)),
        ("signature_input", hex(&input)),
        ("signature", hex(&signed.signature.0)),
        ("hash", hex(&hash.output)),
    ])
}

/// What goes into a step, and what comes out.
struct Step {
    inputs: Vec<(&'static str, Node)>,
    output_name: &'static str,
    output: Vec<u8>,
}

impl Step {
    fn node(self) -> Node {
        let output = hex(&self.output);
        Node::Map(self.inputs.into_iter().chain([(self.output_name, output)]).collect())
    }
}

fn hash(label: &'static str, parts: &[&[u8]]) -> Step {
    let input = [label.as_bytes(), &parts.concat()].concat();
    let output = Sha256::digest(&input).to_vec();
    Step { inputs: vec![("label", text(label)), ("input", hex(&input))], output_name: "sha256", output }
}

fn signature(seed: &[u8; 32], label: &'static str, parts: &[&[u8]]) -> Step {
    let input = [label.as_bytes(), &parts.concat()].concat();
    let output = SigningKey::from_bytes(seed).sign(&input).to_bytes().to_vec();
    Step { inputs: vec![("label", text(label)), ("input", hex(&input))], output_name: "ed25519", output }
}

fn derivation(input_key: &[u8], salt: &[u8], info: &[&[u8]]) -> Step {
    let info = info.concat();
    let mut output = vec![0; 32];
    Hkdf::<Sha256>::new(Some(salt), input_key).expand(&info, &mut output).unwrap();
    let inputs = vec![("input_key", hex(input_key)), ("salt", hex(salt)), ("info", hex(&info))];
    Step { inputs, output_name: "hkdf_sha256", output }
}

fn encrypted(key: &[u8], nonce: [u8; 12], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let cipher = Aes256Gcm::new_from_slice(key).unwrap();
    cipher.encrypt(&nonce.into(), Payload { msg: plaintext, aad }).unwrap()
}

/// JSON whose objects keep their order.
enum Node {
    Text(String),
    Number(u64),
    List(Vec<Node>),
    Map(Vec<(&'static str, Node)>),
}

fn map<const N: usize>(fields: [(&'static str, Node); N]) -> Node {
    Node::Map(fields.into())
}

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn hex(bytes: &[u8]) -> Node {
    Node::Text(to_hex(bytes))
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
