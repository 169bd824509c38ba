//! Who is in the room: computers that nobody let in, entries of those who may not make them, keys put in the place of others, names
//! of others.

use igoon_e2e::{
    account::Session,
    native::{NativeClient, now},
    person,
};
use igoon_shared::{
    crypto::{SUITE, bundle::Bundle, invite::InviteSecret, safety::approval_digits},
    ids::{AccountId, NameHash, RoomId},
    log::{
        Action, Author, EntryBody, Role,
        action::{DeviceStatement, DeviceVouched, Joined, MemberRemoved, RoleChanged, Standing},
        request::RecoveryRequest,
    },
    presence::Presence,
    protocol::{
        bytes::Blob,
        frames::{
            ApprovalWanted, DevicePosition, DevicePresence, KeysWanted, OpenName, RoomPositions, RoomPresence,
            ServerFrame, StreamContent,
        },
        http::{RecoveryProgress, RecoveryRequestInfo, RecoveryRequests, RoomNames},
    },
};

use super::{
    forging::intruder_of,
    scene::{Scene, other_keys},
};

const NAME: NameHash = NameHash::from_bytes([9; 32]);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_comes_in_by_the_services_word_and_the_log_says_what_was_tried() {
    let scene = Scene::new().await;
    let (ada, room) = (&scene.ada, scene.room);
    scene.goes_on("honestly").await;
    let mallory = scene.mallory.identity();
    let eve = intruder_of(AccountId::from_bytes([0xee; 16]));

    // In the service's lists alone.
    scene.liar.listens();
    let sent = scene.liar.sent().all().len();
    let device = eve.device();
    let changes = vec![DevicePresence { device, state: Presence::Online, last_seen: None }];
    scene.liar.says(ServerFrame::Presence(RoomPresence { room, whole: false, changes }));
    let seq = scene.liar.passed().into_keys().next_back().unwrap();
    let changes = vec![DevicePosition { device, delivered: seq, read: seq }];
    scene.liar.says(ServerFrame::Positions(RoomPositions { room, changes }));
    let epoch = scene.log().await.current_epoch();
    scene.liar.says(ServerFrame::KeysWanted(KeysWanted { room, epoch, devices: vec![device], links: vec![] }));
    scene.has_listened().await;
    ada.until_texts("[data-testid=people] span", &["3"]).await;
    let keys = |bytes: &Vec<u8>| bytes.windows(9).any(|part| part == b"envelopes");
    assert!(!scene.liar.sent().all()[sent..].iter().any(keys), "nothing is wrapped for it");

    // Entries of mallory's that a member may not make; by an invite that nobody made; for a computer on nobody's word but its own.
    let secret = InviteSecret::from_bytes([7; 32]);
    let joined = Joined {
        account: eve.account(),
        bundle: eve.bundle().signed().clone(),
        invite: secret.key(room),
        invite_signature: Blob(secret.sign_join(room, eve.account(), eve.device()).to_vec()),
        handle: NAME,
        device_name: NAME,
    };
    let adas = scene.adas().await;
    let account = scene.log().await.device(adas).unwrap().bundle.account();
    let false_one = intruder_of(account);
    let statement = DeviceStatement {
        suite: SUITE,
        account,
        device: false_one.device(),
        standing: Standing::Vouched,
        by: false_one.device(),
        at: now(),
    };
    let vouched = DeviceVouched {
        statement: statement.sign(false_one.keys()),
        bundle: false_one.bundle().signed().clone(),
        device_name: NAME,
    };
    let tries = [
        (Action::MemberRemoved(MemberRemoved { account }), &mallory),
        (Action::RoleChanged(RoleChanged { account: mallory.account(), role: Role::Owner }), &mallory),
        (Action::Joined(joined), &eve),
        (Action::DeviceVouched(vouched), &false_one),
    ];
    let mut log = scene.log().await;
    let mut lies = Vec::new();
    for (action, by) in tries {
        let author = Author::Device(by.device());
        let body = EntryBody { author, ..EntryBody::after(room, log.head(), now(), by.device(), action) };
        let entry = body.sign(by.keys());
        log.apply(&entry).unwrap();
        lies.push(StreamContent::Log(entry));
    }
    scene.shows(lies).await;
    ada.find("#composer").await;
    ada.until_texts("[data-testid=people] span", &["3"]).await;
    ada.open(&format!("{}/room/{room}/log", scene.liar.url())).await;
    ada.until_page("room-log").await;
    let told = [
        "No effect What it says of the computer is not so, or came from somebody who may not say it here.",
        "No effect The link was used up, closed or expired.",
        "No effect They were not permitted to do that.",
        "No effect They were not permitted to do that.",
    ];
    ada.until_texts("[data-testid=log-ignored]", &told).await;
}

/// A request to be approved that the service changes: with another's keys its digits are others, with what is no bundle of the
/// account it is not shown. And a newcomer whom the service calls by the name of somebody who is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_names_put_in_the_place_of_others_are_not_taken_for_theirs() {
    let scene = Scene::new().await;
    let (ada, room) = (&scene.ada, scene.room);
    let adas = scene.adas().await;
    let account = scene.log().await.device(adas).unwrap().bundle.account();

    let link = person::invite(ada).await;
    person::close_dialog(ada).await;
    let (_, secret) = person::parts(&link);
    let false_one = intruder_of(account);
    let bundle = false_one.bundle().signed().clone();
    let strangers = intruder_of(scene.mallory.identity().account()).bundle().signed().clone();
    scene.liar.tells(move |frame| match frame {
        ServerFrame::ApprovalWanted(asked) => {
            let device = Bundle::verify(&bundle).unwrap().device();
            let mut broken = asked.clone();
            broken.bundle.signature.0[0] ^= 1;
            let stranger = ApprovalWanted { bundle: strangers.clone(), ..asked.clone() };
            let other = ApprovalWanted { device, bundle: bundle.clone(), ..asked };
            [broken, stranger, other].map(ServerFrame::ApprovalWanted).into()
        }
        other => vec![other],
    });
    let second = NativeClient::start_with(Session::another(&scene.server, "ada").await.unwrap(), other_keys(11)).await;
    let real = approval_digits(second.identity().bundle());
    ada.find("dialog [data-testid=approval]").await;
    assert_eq!(
        ada.attributes("[data-testid=approval]", "data-device").await,
        [Some(false_one.device().to_string())],
        "what is signed by nobody, or is of another account, is not shown"
    );
    let digits = ada.attributes("[data-testid=approval] [data-testid=approval-digits]", "data-digits").await;
    assert_eq!(digits, [Some(approval_digits(false_one.bundle()))]);
    assert_ne!(digits, [Some(real)], "they are not those on the other screen");
    scene.liar.be_honest();
    ada.click("dialog header button").await;

    // Requests for recovery that their computer did not sign so are not shown; one that it did is, with its digits.
    let asker = intruder_of(scene.grace.identity().account());
    let request = |room, device_name| RecoveryRequest {
        suite: SUITE,
        room,
        account: asker.account(),
        device: asker.device(),
        device_name,
        at: now(),
    };
    let name = |text: &str| OpenName { random: Blob(vec![3; 32]), name: text.to_owned() };
    let hash = name("computer").hash().unwrap();
    let good = RecoveryRequestInfo {
        request: request(room, hash).sign(asker.keys()),
        bundle: asker.bundle().signed().clone(),
        name: name("computer"),
        platform: "test".to_owned(),
        asked_at: now(),
        expires_at: now().plus_millis(100_000_000),
        progress: RecoveryProgress::Asked,
    };
    let forged = vec![
        RecoveryRequestInfo { request: request(room, hash).sign(scene.mallory.identity().keys()), ..good.clone() },
        RecoveryRequestInfo { bundle: false_one.bundle().signed().clone(), ..good.clone() },
        RecoveryRequestInfo { request: request(RoomId::from_bytes([9; 32]), hash).sign(asker.keys()), ..good.clone() },
        RecoveryRequestInfo { name: name("grace's phone"), ..good.clone() },
    ];
    let page = format!("{}/room/{room}/recovery", scene.liar.url());
    let also_good = [forged.clone(), vec![good.clone(), good]].concat();
    for (shown, expected) in [(forged, None), (also_good, Some(asker.device().to_string()))] {
        scene.liar.answers("/recovery-requests", move |answer: &mut RecoveryRequests| {
            answer.requests.clone_from(&shown);
        });
        ada.open(&page).await;
        match expected {
            None => drop(ada.find("[data-testid=asks-none]").await),
            Some(device) => {
                ada.find("[data-testid=ask] [data-testid=approval-digits]").await;
                assert_eq!(ada.attributes("[data-testid=ask]", "data-device").await, [Some(device)]);
            }
        }
    }
    scene.liar.be_honest();
    ada.open(&format!("{}/room/{room}", scene.liar.url())).await;

    // Who comes by the link is called otherwise by the service.
    scene.liar.answers("/names", |names: &mut RoomNames| {
        let hidden = names.names.iter().position(|name| name.name == "hedy");
        if let Some(hidden) = hidden {
            let random = names.names[hidden].random.clone();
            names.names[hidden] = OpenName { random, name: "grace".to_owned() };
        }
    });
    let hedy = Session::sign_up(&scene.server, room, &secret, "hedy").await.unwrap();
    let hedy = NativeClient::start_with(hedy, other_keys(12)).await;
    hedy.join(room, &secret).await;
    hedy.send(room, "I am grace");
    scene.reads(&["I am grace"]).await;
    ada.until_texts("[data-testid=message] .author", &["Somebody"]).await;
    scene.liar.be_honest();
    ada.reload().await;
    ada.until_texts("[data-testid=message] .author", &["hedy"]).await;
}
