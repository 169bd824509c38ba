//! Accounts, sessions, devices, tickets, set-up and invites.

use igoon_shared::{
    crypto::{bundle::SignedBundle, epoch::SealedKey},
    ids::{Epoch, InstallationId},
    protocol::{bytes::Blob, http::InviteSealedKey},
    time::Timestamp,
};

use super::{TestDatabase, on_both_backends, samples::*};
use crate::store::{
    Connection, Store, StoreError,
    db::models::{
        accounts::{self, NewAccount},
        devices::{self, NewDevice},
        invites, sessions,
        sessions::NewSession,
        setup,
        tickets::{self, Ticket},
    },
};

on_both_backends!(
    a_handle_is_taken_once,
    sessions_say_whose_they_are,
    a_device_is_registered_once,
    a_ticket_is_used_once,
    the_set_up_code_is_used_once,
    an_invite_makes_as_many_accounts_as_it_has_uses,
);

const INSTALLATION: InstallationId = InstallationId::from_bytes([5; 16]);

fn create_account(db: &mut Connection, n: u8, handle: &str) -> Result<(), StoreError> {
    accounts::create(
        db,
        &NewAccount {
            id: account(n),
            handle,
            handle_key: &handle.to_lowercase(),
            password_hash: "$argon2id$...",
            server_owner: n == 1,
            created_at: Timestamp(10),
        },
    )
}

/// Account 1 with a session (token hash 1) and device 1.
async fn signed_in(store: &Store) {
    store
        .write(|db| {
            create_account(db, 1, "Ada")?;
            let (created_at, expires_at) = (Timestamp(20), Timestamp(100));
            sessions::create(
                db,
                &NewSession {
                    token_hash: [1; 32],
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
    store.write(|db| devices::touch_last_seen(db, device(1), Timestamp(70))).await.unwrap();
    store.write(|db| devices::touch_last_seen(db, device(1), Timestamp(60))).await.unwrap();
    let known = store.read(|db| devices::by_id(db, device(1))).await.unwrap().unwrap();
    assert_eq!((known.name.as_str(), known.platform.as_str(), known.bundle), ("the laptop", "Linux", bundle(1)));
    assert_eq!((known.created_at, known.last_seen), (Timestamp(30), Timestamp(70)));
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
    let renewed = InviteSealedKey { invite: invite(1), epoch: Epoch(3), sealed };
    let nobodys = InviteSealedKey { invite: invite(2), ..renewed.clone() };
    let key = renewed.clone();
    store.write(move |db| invites::set_sealed_key(db, room(1), &key)).await.unwrap();
    let known = store.read(|db| invites::get(db, room(1), invite(1))).await.unwrap().unwrap();
    assert_eq!(known.sealed, Some(renewed));
    let refused = store.write(move |db| invites::set_sealed_key(db, room(1), &nobodys)).await;
    assert!(matches!(refused, Err(StoreError::NotFound)));
}
