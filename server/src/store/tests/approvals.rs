//! Computers that ask to be approved, and what becomes of one that is refused.

use igoon_shared::{
    ids::{AccountId, DeviceId, InstallationId, SessionId},
    time::Timestamp,
};

use super::{TestDatabase, on_both_backends, samples::*};
use crate::store::{
    Store,
    db::models::{
        approvals::{self, Asked, NewQuestion},
        devices::{self},
        sessions::{self, Ended, NewSession},
        tickets::{self, Ticket},
        trusted,
    },
};

on_both_backends!(
    a_question_is_asked_once_unless_it_is_asked_again,
    those_who_can_answer_are_entitled_in_a_room,
    a_refused_device_is_forgotten_unless_a_room_knows_it,
    a_question_is_withdrawn_with_the_last_session,
);

/// Accounts 1 and 2. Of the first, devices 1, 3 and 4 with a session each; of the second, device 2.
pub(super) async fn people(store: &Store) {
    for n in [1, 2] {
        make_account(store, n).await;
    }
    for (n, owner) in [(1, 1), (2, 2), (3, 1), (4, 1)] {
        register(store, n, owner, 10, None).await;
        store
            .write(move |db| {
                let (account, installation, token_hash) =
                    (account(owner), InstallationId::from_bytes([n; 16]), [n; 32]);
                let id = SessionId::from_bytes([n; 16]);
                let (created_at, expires_at) = (Timestamp(10), Timestamp(1_000));
                sessions::create(db, &NewSession { token_hash, id, account, installation, created_at, expires_at })?;
                sessions::bind_device(db, &token_hash, device(n))?;
                trusted::trust(db, account, &[n; 32], installation, Timestamp(10))
            })
            .await
            .unwrap();
    }
}

async fn ask(store: &Store, n: u8, at: i64, again: bool) -> Asked {
    let (asked_at, expires_at) = (Timestamp(at), Timestamp(at + 100));
    store
        .write(move |db| {
            let (device, account, source) = (device(n), account(1), "192.0.2.7");
            approvals::ask(db, &NewQuestion { device, account, source, asked_at, expires_at }, again)
        })
        .await
        .unwrap()
}

async fn open(store: &Store, of: AccountId, but: DeviceId, at: i64) -> Vec<(DeviceId, Timestamp)> {
    let open = store.read(move |db| approvals::open(db, of, but, Timestamp(at))).await.unwrap();
    open.into_iter().map(|wanted| (wanted.device, wanted.asked_at)).collect()
}

async fn a_question_is_asked_once_unless_it_is_asked_again(store: TestDatabase) {
    people(&store).await;
    let asked =
        |asked_at, is_news| Asked { asked_at: Timestamp(asked_at), expires_at: Timestamp(asked_at + 100), is_news };
    assert_eq!(ask(&store, 3, 20, false).await, asked(20, true));
    assert_eq!(ask(&store, 3, 30, false).await, asked(20, false), "it is open");
    assert_eq!(ask(&store, 3, 40, true).await, asked(40, true));
    assert_eq!(ask(&store, 4, 50, false).await, asked(50, true));
    assert_eq!(open(&store, account(1), device(1), 60).await, [(device(3), Timestamp(40)), (device(4), Timestamp(50))]);
    assert_eq!(open(&store, account(1), device(3), 60).await, [(device(4), Timestamp(50))], "not its own");
    assert_eq!(open(&store, account(2), device(2), 60).await, []);
    let wanted = store.read(|db| approvals::of_device(db, device(3))).await.unwrap().unwrap();
    assert_eq!(
        (wanted.name.as_str(), wanted.platform.as_str(), wanted.source.as_str()),
        ("laptop", "Linux", "192.0.2.7")
    );
    assert_eq!(wanted.bundle.bundle.0, [3; 500]);

    assert_eq!(open(&store, account(1), device(1), 140).await, [(device(4), Timestamp(50))], "the first has expired");
    assert_eq!(ask(&store, 3, 150, false).await, asked(150, true));
    assert_eq!(open(&store, account(1), device(1), 151).await, [(device(3), Timestamp(150))]);
    assert!(!store.write(|db| approvals::settle(db, account(2), device(3))).await.unwrap(), "not theirs");
    assert!(store.write(|db| approvals::settle(db, account(1), device(3))).await.unwrap());
    assert!(!store.write(|db| approvals::settle(db, account(1), device(3))).await.unwrap());
    assert_eq!(store.read(|db| approvals::of_device(db, device(3))).await.unwrap(), None);
}

async fn those_who_can_answer_are_entitled_in_a_room(store: TestDatabase) {
    people(&store).await;
    assert_eq!(store.read(|db| approvals::judges(db, account(1))).await.unwrap(), []);
    for n in [1, 2] {
        let mut new = creation(&[1, 2, 3]);
        for row in &mut new.devices {
            // As the samples have it, each is of an account of its own.
            if row.device == device(3) {
                (row.account, row.entitled) = (account(1), false);
            }
        }
        send_append(&store, room(n), new).await;
    }
    assert_eq!(store.read(|db| approvals::judges(db, account(1))).await.unwrap(), [device(1)], "once");
    assert_eq!(store.read(|db| approvals::judges(db, account(2))).await.unwrap(), [device(2)]);
}

async fn a_refused_device_is_forgotten_unless_a_room_knows_it(store: TestDatabase) {
    people(&store).await;
    let mut new = creation(&[1, 4]);
    new.devices[1].account = account(1);
    send_append(&store, room(1), new).await;
    store
        .write(|db| {
            let ticket = Ticket { session: [3; 32], device: device(3), expires_at: Timestamp(99) };
            tickets::create(db, &[7; 32], &ticket, Timestamp(20))
        })
        .await
        .unwrap();
    assert_eq!(store.write(|db| approvals::refuse(db, account(1), device(3), Timestamp(20))).await.unwrap(), None);
    for n in [3, 4] {
        ask(&store, n, 20, false).await;
        assert_eq!(
            store.write(move |db| approvals::refuse(db, account(2), device(n), Timestamp(30))).await.unwrap(),
            None,
            "by somebody else"
        );
        let ended = store.write(move |db| approvals::refuse(db, account(1), device(n), Timestamp(30))).await.unwrap();
        assert_eq!(ended, Some(vec![Ended { token_hash: [n; 32], device: Some(device(n)) }]));
        let session = store.read(move |db| sessions::by_token_hash(db, &[n; 32])).await.unwrap().unwrap();
        assert!(!session.is_valid(Timestamp(31)));
        let installation = InstallationId::from_bytes([n; 16]);
        let trusts = move |db: &mut _| trusted::is_trusted(db, account(1), &[n; 32], installation);
        assert!(!store.read(trusts).await.unwrap(), "a code is asked for again");
    }
    assert_eq!(store.read(|db| devices::by_id(db, device(3))).await.unwrap(), None);
    assert!(store.read(|db| devices::by_id(db, device(4))).await.unwrap().is_some(), "a room knows it");
    assert!(store.read(|db| sessions::by_token_hash(db, &[1; 32])).await.unwrap().unwrap().is_valid(Timestamp(31)));
}

async fn a_question_is_withdrawn_with_the_last_session(store: TestDatabase) {
    people(&store).await;
    store
        .write(|db| {
            let (id, account, installation) =
                (SessionId::from_bytes([9; 16]), account(1), InstallationId::from_bytes([3; 16]));
            let (token_hash, created_at, expires_at) = ([9; 32], Timestamp(10), Timestamp(1_000));
            sessions::create(db, &NewSession { token_hash, id, account, installation, created_at, expires_at })?;
            sessions::bind_device(db, &token_hash, device(3))
        })
        .await
        .unwrap();
    ask(&store, 3, 20, false).await;
    for (token, withdrawn) in [([3; 32], vec![]), ([9; 32], vec![(account(1), device(3))])] {
        let done = store.write(move |db| {
            sessions::revoke(db, &token, Timestamp(30))?;
            approvals::withdraw(db, &[device(1), device(3)], Timestamp(30))
        });
        assert_eq!(done.await.unwrap(), withdrawn);
    }
    assert_eq!(open(&store, account(1), device(1), 31).await, []);
}
