//! Accounts, sessions, devices, tickets, set-up and invites.

use igoon_shared::{
    crypto::{bundle::SignedBundle, epoch::SealedKey},
    ids::{ChallengeId, Epoch, InstallationId, SessionId},
    protocol::{bytes::Blob, error::SessionEnd, http::InviteSealedKey},
    time::Timestamp,
};

use super::{TestDatabase, on_both_backends, samples::*};
use crate::store::{
    Connection, Store, StoreError,
    db::models::{
        accounts::{self, NewAccount},
        challenges::{self, Challenge, Purpose},
        devices::{self, NewDevice},
        invites,
        outbox::{self, Kind, NewMail},
        sessions,
        sessions::{Ended, NewSession},
        setup,
        tickets::{self, Ticket},
        trusted,
    },
};

on_both_backends!(
    a_handle_is_taken_once,
    sessions_say_whose_they_are,
    a_device_is_registered_once,
    a_ticket_is_used_once,
    the_set_up_code_is_used_once,
    an_invite_makes_as_many_accounts_as_it_has_uses,
    the_key_beside_an_invite_goes_when_that_expires,
    an_address_is_taken_once_and_changes,
    sessions_are_listed_prolonged_and_ended,
    an_installation_is_trusted_for_one_account,
    a_code_has_five_tries_and_one_use,
    a_mail_is_taken_by_one_node_at_a_time,
);

const INSTALLATION: InstallationId = InstallationId::from_bytes([5; 16]);

fn create_account(db: &mut Connection, n: u8, handle: &str) -> Result<(), StoreError> {
    accounts::create(
        db,
        &NewAccount {
            id: account(n),
            email: &format!("{n}@Example.org"),
            email_key: &format!("{n}@example.org"),
            handle,
            handle_key: &handle.to_lowercase(),
            password_hash: "$argon2id$...",
            server_owner: n == 1,
            created_at: Timestamp(10),
        },
    )
}

/// Account 1 with a session (token hash 1) and device 1.
pub(super) async fn signed_in(store: &Store) {
    store
        .write(|db| {
            create_account(db, 1, "Ada")?;
            let (created_at, expires_at) = (Timestamp(20), Timestamp(100));
            sessions::create(
                db,
                &NewSession {
                    token_hash: [1; 32],
                    id: SessionId::from_bytes([1; 16]),
                    account: account(1),
                    installation: INSTALLATION,
                    created_at,
                    expires_at,
                },
            )?;
            register(db, "laptop", &bundle(1))
        })
        .await
        .unwrap();
}

fn bundle(n: u8) -> SignedBundle {
    SignedBundle { bundle: Blob(vec![n; 500]), signature: Blob(vec![n; 64]) }
}

fn register(db: &mut Connection, name: &str, bundle: &SignedBundle) -> Result<(), StoreError> {
    devices::register(
        db,
        &NewDevice {
            id: device(1),
            account: account(1),
            installation: INSTALLATION,
            bundle,
            name,
            platform: "Linux",
            address: None,
            now: Timestamp(30),
        },
    )
}

async fn a_handle_is_taken_once(store: TestDatabase) {
    assert!(!store.read(accounts::any_exists).await.unwrap());
    store.write(|db| create_account(db, 1, "Ada")).await.unwrap();
    assert!(store.read(accounts::any_exists).await.unwrap());
    let taken = store
        .write(|db| {
            let taken = create_account(db, 2, "ADA");
            // A job may look at the refusal and go on.
            create_account(db, 3, "Bob")?;
            Ok(matches!(taken, Err(StoreError::HandleTaken)))
        })
        .await;
    assert!(taken.unwrap());
    let ada = store.read(|db| accounts::by_handle_key(db, "ada")).await.unwrap().unwrap();
    assert_eq!(
        (ada.id, ada.handle.as_str(), ada.server_owner, ada.created_at),
        (account(1), "Ada", true, Timestamp(10))
    );
    assert_eq!(ada.password_hash, "$argon2id$...");
    assert!(store.read(|db| accounts::by_handle_key(db, "Ada")).await.unwrap().is_none());
    assert_eq!(store.read(|db| accounts::by_id(db, account(3))).await.unwrap().unwrap().handle, "Bob");
    assert!(store.read(|db| accounts::by_id(db, account(2))).await.unwrap().is_none());
}

async fn sessions_say_whose_they_are(store: TestDatabase) {
    signed_in(&store).await;
    let session = || async { store.read(|db| sessions::by_token_hash(db, &[1; 32])).await.unwrap().unwrap() };
    let fresh = session().await;
    assert_eq!((fresh.account, fresh.handle.as_str(), fresh.server_owner), (account(1), "Ada", true));
    assert_eq!((fresh.installation, fresh.device, fresh.revoked_at), (INSTALLATION, None, None));
    assert!(fresh.is_valid(Timestamp(99)) && !fresh.is_valid(Timestamp(100)));
    store.write(|db| sessions::bind_device(db, &[1; 32], device(1))).await.unwrap();
    assert_eq!(session().await.device, Some(device(1)));
    store.write(|db| sessions::revoke(db, &[1; 32], Timestamp(50))).await.unwrap();
    store.write(|db| sessions::revoke(db, &[1; 32], Timestamp(60))).await.unwrap();
    let revoked = session().await;
    assert_eq!(revoked.revoked_at, Some(Timestamp(50)));
    assert!(!revoked.is_valid(Timestamp(51)));
    assert_eq!(store.read(|db| sessions::by_token_hash(db, &[2; 32])).await.unwrap(), None);
    let nobodys = store.write(|db| sessions::bind_device(db, &[2; 32], device(1))).await;
    assert!(matches!(nobodys, Err(StoreError::NotFound)));
}

async fn a_device_is_registered_once(store: TestDatabase) {
    signed_in(&store).await;
    store.write(|db| register(db, "the laptop", &bundle(1))).await.unwrap();
    let other_bytes = store.write(|db| register(db, "not mine", &bundle(2))).await;
    assert!(matches!(other_bytes, Err(StoreError::AlreadyExists)));
    let known = store.read(|db| devices::by_id(db, device(1))).await.unwrap().unwrap();
    assert_eq!((known.name.as_str(), known.platform.as_str(), known.bundle), ("laptop", "Linux", bundle(1)));
    let registered_at = Timestamp(30);
    assert_eq!((known.created_at, known.last_seen, known.last_activity), (registered_at, registered_at, registered_at));
    assert_eq!(store.read(|db| devices::by_id(db, device(2))).await.unwrap(), None);
}

async fn a_ticket_is_used_once(store: TestDatabase) {
    signed_in(&store).await;
    let ticket = Ticket { session: [1; 32], device: device(1), expires_at: Timestamp(40) };
    let create = |hash, now| store.write(move |db| tickets::create(db, &hash, &ticket, Timestamp(now)));
    let take = |hash, now| store.write(move |db| tickets::take(db, &hash, Timestamp(now)));
    create([1; 32], 10).await.unwrap();
    create([2; 32], 10).await.unwrap();
    assert_eq!(take([1; 32], 39).await.unwrap(), Some(ticket));
    assert_eq!(take([1; 32], 39).await.unwrap(), None);
    assert_eq!(take([2; 32], 40).await.unwrap(), None, "expired");
    assert_eq!(take([3; 32], 10).await.unwrap(), None);
    create([4; 32], 10).await.unwrap();
    create([5; 32], 40).await.unwrap();
    assert_eq!(take([4; 32], 10).await.unwrap(), None, "cleared away");

    // Of two nodes that take it at once, one gets it.
    let other = store.another();
    for n in 10..40 {
        create([n; 32], 10).await.unwrap();
        let theirs = other.write(move |db| tickets::take(db, &[n; 32], Timestamp(10)));
        let (ours, theirs) = tokio::join!(take([n; 32], 10), theirs);
        assert_eq!([ours.unwrap(), theirs.unwrap()].iter().flatten().count(), 1);
    }
    other.shutdown().await;
}

async fn the_set_up_code_is_used_once(store: TestDatabase) {
    assert_eq!(store.read(setup::setup_code_hash).await.unwrap(), None);
    assert!(!store.write(setup::consume_setup).await.unwrap());
    store.write(|db| setup::set_setup_code_hash(db, &[1; 32])).await.unwrap();
    store.write(|db| setup::set_setup_code_hash(db, &[2; 32])).await.unwrap();
    assert_eq!(store.read(setup::setup_code_hash).await.unwrap(), Some(vec![2; 32]));
    // When the account cannot be made, the code stays.
    let failed = store.write(|db| setup::consume_setup(db).and(Err::<(), _>(StoreError::HandleTaken))).await;
    assert!(failed.is_err());
    assert!(store.write(setup::consume_setup).await.unwrap());
    assert!(!store.write(setup::consume_setup).await.unwrap());
    assert_eq!(store.read(setup::setup_code_hash).await.unwrap(), None);
}

async fn an_invite_makes_as_many_accounts_as_it_has_uses(store: TestDatabase) {
    // Two uses, until 9,000.
    send_append(&store, room(1), with_everything_beside(creation(&[1]))).await;
    let count = |n, at| store.write(move |db| invites::count_account_made(db, room(1), invite(n), Timestamp(at)));
    assert!(!count(1, 9_000).await.unwrap(), "expired");
    assert!(!count(2, 10).await.unwrap(), "no such invite");
    assert!(count(1, 10).await.unwrap());
    // One of them joins.
    let mut joined = append(Some(created_head()), vec![entry(2, 0)]);
    let row = with_everything_beside(creation(&[])).invites.remove(0);
    joined.invites.push(crate::store::ops::InviteRow { uses_left: 1, ..row });
    send_append(&store, room(1), joined).await;
    assert!(count(1, 10).await.unwrap());
    assert!(!count(1, 10).await.unwrap(), "as many as it had uses");
    let known = store.read(|db| invites::get(db, room(1), invite(1))).await.unwrap().unwrap();
    assert_eq!((known.uses_left, known.accounts_made), (1, 2));
    assert!(known.is_open(Timestamp(8_999)) && !known.is_open(Timestamp(9_000)));

    let sealed = SealedKey { salt: Blob(vec![9; 16]), ciphertext: Blob(vec![9; 48]) };
    let renewed = InviteSealedKey { invite: invite(1), epoch: Epoch(1), sealed };
    let nobodys = InviteSealedKey { invite: invite(2), ..renewed.clone() };
    let outdated = InviteSealedKey { epoch: Epoch(2), ..renewed.clone() };
    let lay = |key: &InviteSealedKey| {
        let key = key.clone();
        store.write(move |db| invites::set_sealed_key(db, room(1), &key))
    };
    let sealed = async || store.read(|db| invites::get(db, room(1), invite(1))).await.unwrap().unwrap().sealed;
    assert!(lay(&renewed).await.unwrap());
    assert_eq!(sealed().await, Some(renewed.clone()));
    for not_laid in [&nobodys, &outdated] {
        assert!(!lay(not_laid).await.unwrap());
    }
    assert_eq!(sealed().await, Some(renewed.clone()));

    // With the last use the key goes, and none is laid any more.
    let mut used_up = append(Some(head_after(&entry(2, 0))), vec![entry(3, 0)]);
    used_up
        .invites
        .push(crate::store::ops::InviteRow { uses_left: 0, ..with_everything_beside(creation(&[])).invites.remove(0) });
    send_append(&store, room(1), used_up).await;
    assert_eq!(sealed().await, None);
    assert!(!lay(&renewed).await.unwrap());
}

async fn the_key_beside_an_invite_goes_when_that_expires(store: TestDatabase) {
    send_append(&store, room(1), with_everything_beside(creation(&[1]))).await;
    let sealed = async || store.read(|db| invites::get(db, room(1), invite(1))).await.unwrap().unwrap().sealed;
    let mut next = append(Some(created_head()), vec![entry(2, 0)]);
    next.received_at = Timestamp(8_999);
    send_append(&store, room(1), next).await;
    assert!(sealed().await.is_some());
    let mut next = append(Some(head_after(&entry(2, 0))), vec![entry(3, 0)]);
    next.received_at = Timestamp(9_000);
    send_append(&store, room(1), next).await;
    assert!(sealed().await.is_none());
}

async fn an_address_is_taken_once_and_changes(store: TestDatabase) {
    store.write(|db| create_account(db, 1, "Ada")).await.unwrap();
    store.write(|db| create_account(db, 2, "Bob")).await.unwrap();
    let same_address = store.write(|db| {
        let new = NewAccount {
            id: account(3),
            email: "1@EXAMPLE.org",
            email_key: "1@example.org",
            handle: "Cleo",
            handle_key: "cleo",
            password_hash: "",
            server_owner: false,
            created_at: Timestamp(10),
        };
        accounts::create(db, &new)
    });
    assert!(matches!(same_address.await, Err(StoreError::EmailTaken)));
    let move_to = |n, key: &'static str| store.write(move |db| accounts::set_email(db, account(n), key, key));
    assert!(matches!(move_to(2, "1@example.org").await, Err(StoreError::EmailTaken)));
    move_to(1, "ada@example.org").await.unwrap();
    move_to(1, "ada@example.org").await.unwrap();
    move_to(2, "1@example.org").await.unwrap();
    let found = store.read(|db| accounts::by_email_key(db, "ada@example.org")).await.unwrap().unwrap();
    assert_eq!((found.id, found.email.as_str()), (account(1), "ada@example.org"));
    let rename = |n, key: &'static str| store.write(move |db| accounts::set_handle(db, account(n), key, key));
    assert!(matches!(rename(2, "ada").await, Err(StoreError::HandleTaken)));
    rename(1, "countess").await.unwrap();
    rename(2, "ada").await.unwrap();
    store.write(|db| accounts::set_password(db, account(1), "$new", Timestamp(70))).await.unwrap();
    let found = store.read(|db| accounts::by_id(db, account(1))).await.unwrap().unwrap();
    assert_eq!((found.handle.as_str(), found.password_hash.as_str()), ("countess", "$new"));
    assert_eq!(found.password_changed_at, Timestamp(70));
}

async fn sessions_are_listed_prolonged_and_ended(store: TestDatabase) {
    signed_in(&store).await;
    for n in 2..=4 {
        let new = NewSession {
            token_hash: [n; 32],
            id: SessionId::from_bytes([n; 16]),
            account: account(1),
            installation: INSTALLATION,
            created_at: Timestamp(20 + i64::from(n)),
            expires_at: Timestamp(100),
        };
        store.write(move |db| sessions::create(db, &new)).await.unwrap();
    }
    store.write(|db| sessions::bind_device(db, &[2; 32], device(1))).await.unwrap();
    store.write(|db| sessions::touch(db, &[3; 32], Timestamp(90), Timestamp(190))).await.unwrap();
    let listed = |at| {
        let found = store.read(move |db| sessions::of_account(db, account(1), Timestamp(at)));
        async move {
            let found = found.await.unwrap();
            found
                .into_iter()
                .map(|one| (one.session.id.as_bytes()[0], one.computer.map(|(name, _)| name)))
                .collect::<Vec<_>>()
        }
    };
    let laptop = Some("laptop".to_owned());
    assert_eq!(listed(50).await, [(4, None), (3, None), (2, laptop), (1, None)]);
    assert_eq!(listed(150).await, [(3, None)]);
    let end = |n: u8, owner| {
        store.write(move |db| sessions::revoke_by_id(db, account(owner), SessionId::from_bytes([n; 16]), Timestamp(50)))
    };
    assert_eq!(end(2, 9).await.unwrap(), None, "somebody else's");
    assert_eq!(end(2, 1).await.unwrap(), Some(Ended { token_hash: [2; 32], device: Some(device(1)) }));
    assert_eq!(end(2, 1).await.unwrap(), None, "ended already");
    store.write(|db| sessions::bind_device(db, &[3; 32], device(1))).await.unwrap();
    let shut_out = |db: &mut Connection| sessions::shut_out(db, device(1), SessionEnd::Replaced, Timestamp(50));
    let ended = store.write(shut_out).await.unwrap();
    assert_eq!(ended, [Ended { token_hash: [3; 32], device: Some(device(1)) }]);
    let ended = store.write(|db| sessions::revoke_all(db, account(1), Some(&[1; 32]), Timestamp(50))).await.unwrap();
    assert_eq!(ended, [Ended { token_hash: [4; 32], device: None }]);
    assert_eq!(listed(50).await, [(1, None)]);
    // What has long ended goes with the next signing in.
    let later = NewSession {
        token_hash: [5; 32],
        id: SessionId::from_bytes([5; 16]),
        account: account(1),
        installation: INSTALLATION,
        created_at: Timestamp(24 * 60 * 60 * 1_000 + 60),
        expires_at: Timestamp(i64::MAX),
    };
    store.write(move |db| sessions::create(db, &later)).await.unwrap();
    let kept = |n: u8| store.read(move |db| sessions::by_token_hash(db, &[n; 32]));
    let is_kept = async |n| kept(n).await.map(|session| session.is_some());
    let told = kept(3).await.unwrap().map(|session| session.end);
    assert_eq!(told, Some(Some(SessionEnd::Replaced)), "whoever has it is still to be told why it ended");
    assert_eq!(kept(1).await.unwrap().unwrap().end, None);
    assert!(!is_kept(2).await.unwrap(), "revoked long ago");
    assert!(is_kept(1).await.unwrap() && is_kept(5).await.unwrap(), "just expired, and new");
}

async fn an_installation_is_trusted_for_one_account(store: TestDatabase) {
    store.write(|db| create_account(db, 1, "Ada")).await.unwrap();
    store.write(|db| create_account(db, 2, "Bob")).await.unwrap();
    for _ in 0..2 {
        store.write(|db| trusted::trust(db, account(1), &[7; 32], INSTALLATION, Timestamp(1))).await.unwrap();
    }
    let is =
        |n, proof, installation| store.read(move |db| trusted::is_trusted(db, account(n), &[proof; 32], installation));
    assert!(is(1, 7, INSTALLATION).await.unwrap());
    assert!(!is(2, 7, INSTALLATION).await.unwrap());
    assert!(!is(1, 8, INSTALLATION).await.unwrap());
    let emptied = InstallationId::from_bytes([6; 16]);
    assert!(!is(1, 7, emptied).await.unwrap());
    store.write(move |db| trusted::trust(db, account(1), &[7; 32], emptied, Timestamp(2))).await.unwrap();
    assert!(is(1, 7, emptied).await.unwrap() && !is(1, 7, INSTALLATION).await.unwrap(), "a code was entered again");
    store.write(|db| trusted::trust(db, account(1), &[7; 32], INSTALLATION, Timestamp(3))).await.unwrap();
    store.write(|db| trusted::forget_all(db, account(1))).await.unwrap();
    assert!(!is(1, 7, INSTALLATION).await.unwrap());
}

fn challenge(n: u8, code_hash: &str) -> Challenge {
    Challenge {
        id: ChallengeId::from_bytes([n; 16]),
        purpose: Purpose::SignUp,
        email: "Ada@example.org".to_owned(),
        email_key: "ada@example.org".to_owned(),
        installation: INSTALLATION,
        account: None,
        invite: Some((room(1), invite(1))),
        counts: true,
        code_hash: code_hash.to_owned(),
        tries_left: 5,
        mails: 1,
        sent_at: Timestamp(10),
        expires_at: Timestamp(100),
        used_at: None,
    }
}

async fn a_code_has_five_tries_and_one_use(store: TestDatabase) {
    let asked = challenge(1, "$one");
    store.write(move |db| challenges::add(db, &asked, Timestamp(10))).await.unwrap();
    let id = ChallengeId::from_bytes([1; 16]);
    let found = store.read(move |db| challenges::by_id(db, id)).await.unwrap().unwrap();
    assert_eq!((found.purpose, found.invite, found.tries_left), (Purpose::SignUp, Some((room(1), invite(1))), 5));
    // However many come at once.
    let other = store.another();
    let mut taken = Vec::new();
    for _ in 0..6 {
        let (ours, theirs) = tokio::join!(
            store.write(|db| challenges::take_try(db, &challenge(1, "$one"))),
            other.write(|db| challenges::take_try(db, &challenge(1, "$one")))
        );
        taken.extend([ours.unwrap(), theirs.unwrap()].into_iter().flatten());
    }
    taken.sort_unstable();
    assert_eq!(taken, [0, 1, 2, 3, 4], "each is told how many are left");
    // A code that was replaced meanwhile neither takes nor gives.
    store.write(|db| challenges::give_try_back(db, &challenge(1, "$before"))).await.unwrap();
    store.write(|db| challenges::give_try_back(db, &challenge(1, "$one"))).await.unwrap();
    assert_eq!(store.write(|db| challenges::take_try(db, &challenge(1, "$before"))).await.unwrap(), None);
    assert_eq!(store.write(|db| challenges::take_try(db, &challenge(1, "$one"))).await.unwrap(), Some(0));
    other.shutdown().await;
    let use_up = |challenge: Challenge, at| store.write(move |db| challenges::use_up(db, &challenge, Timestamp(at)));
    assert!(!use_up(challenge(1, "$another"), 20).await.unwrap(), "it was replaced meanwhile");
    assert!(!use_up(challenge(1, "$one"), 100).await.unwrap(), "expired");
    assert!(use_up(challenge(1, "$one"), 99).await.unwrap());
    assert!(!use_up(challenge(1, "$one"), 99).await.unwrap(), "used");
    // Another code for it, once.
    store.write(|db| challenges::add(db, &challenge(3, "$before"), Timestamp(10))).await.unwrap();
    let fresh = || Challenge { mails: 2, expires_at: Timestamp(200), ..challenge(3, "$after") };
    let renew = |before| store.write(move |db| challenges::renew(db, &challenge(3, before), &fresh()));
    assert!(renew("$before").await.unwrap());
    assert!(!renew("$before").await.unwrap(), "somebody was faster");
    assert!(use_up(fresh(), 150).await.unwrap());
    assert!(!renew("$after").await.unwrap(), "it was used");
    // What is long void goes.
    let later = challenge(2, "$two");
    store.write(move |db| challenges::add(db, &later, Timestamp(100 + 24 * 60 * 60 * 1_000))).await.unwrap();
    assert!(store.read(move |db| challenges::by_id(db, id)).await.unwrap().is_none());
}

async fn a_mail_is_taken_by_one_node_at_a_time(store: TestDatabase) {
    let add = |at| {
        store.write(move |db| {
            let mail = NewMail {
                kind: Kind::Code,
                purpose: Purpose::SignIn,
                address: "ada@example.org",
                sealed: &[7; 40],
                now: Timestamp(at),
                expires_at: Timestamp(at + 100),
            };
            outbox::add(db, &mail)
        })
    };
    add(10).await.unwrap();
    let other = store.another();
    let (ours, theirs) = tokio::join!(
        store.write(|db| outbox::claim(db, 4, 30, Timestamp(10))),
        other.write(|db| outbox::claim(db, 4, 30, Timestamp(10)))
    );
    let mut mails = ours.unwrap().0;
    mails.extend(theirs.unwrap().0);
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].attempt, mails[0].sealed.as_slice()), (1, [7; 40].as_slice()));
    let waiting = store.read(outbox::waiting).await.unwrap();
    assert_eq!((waiting.count, waiting.next_due), (1, Some(Timestamp(40))));
    // Whoever took it ended: it is due again.
    let again = store.write(|db| outbox::claim(db, 4, 30, Timestamp(40))).await.unwrap().0;
    assert_eq!(again[0].attempt, 2);
    let number = again[0].number;
    store.write(move |db| outbox::postpone(db, number, Timestamp(60))).await.unwrap();
    assert!(store.write(|db| outbox::claim(db, 4, 30, Timestamp(59))).await.unwrap().0.is_empty());
    // What would come too late goes.
    let (none, expired) = store.write(|db| outbox::claim(db, 4, 30, Timestamp(110))).await.unwrap();
    assert_eq!((none.len(), expired), (0, 1));
    add(200).await.unwrap();
    let mail = store.write(|db| outbox::claim(db, 4, 30, Timestamp(200))).await.unwrap().0.remove(0);
    store.write(move |db| outbox::erase(db, mail.number)).await.unwrap();
    assert_eq!(store.read(outbox::waiting).await.unwrap().count, 0);
    other.shutdown().await;
}
