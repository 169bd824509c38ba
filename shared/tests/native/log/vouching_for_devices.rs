//! Vouching for devices, and everything that is none.

use super::*;

/// Asserts that the statement, carried by the device itself and by the owner, does not let the device in.
fn assert_does_not_count(room: &TestRoom, statement: &SignedStatement, device: &TestDevice, why: IgnoredReason) {
    for author in [device, &TestDevice::all()[0]] {
        let mut room = room.clone();
        let entry = room.entry(author, vouched(statement.clone(), device));
        assert_ignored(&mut room, &entry, why);
    }
}

#[test]
fn a_statement_must_fit() {
    let [owner, guest, second, fourth] = TestDevice::all();
    let (mut room, secret) = room_with_invite(1);
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    let right = vouching(owner, second);
    let statements = [
        ("of another device", DeviceStatement { device: fourth.id(), ..right.clone() }.sign(&owner.keys)),
        ("of another account", DeviceStatement { account: guest.account, ..right.clone() }.sign(&owner.keys)),
        ("a revocation", DeviceStatement { standing: Standing::Revoked, ..right.clone() }.sign(&owner.keys)),
        ("of another suite", DeviceStatement { suite: 2, ..right.clone() }.sign(&owner.keys)),
        ("signed by another", right.sign(&guest.keys)),
        ("signed by itself", right.sign(&second.keys)),
        ("in its own name", DeviceStatement { by: second.id(), ..right.clone() }.sign(&second.keys)),
        ("by another account", DeviceStatement { by: guest.id(), ..right.clone() }.sign(&guest.keys)),
        ("by a stranger", DeviceStatement { by: fourth.id(), ..right.clone() }.sign(&fourth.keys)),
        ("nothing", SignedStatement { statement: Blob(vec![0x80]), signature: Blob(vec![0; 64]) }),
    ];
    for (why, statement) in statements {
        println!("{why}");
        assert_does_not_count(&room, &statement, second, IgnoredReason::StatementNotValid);
    }
    // Under the label of something else.
    let statement = right.sign(&owner.keys).statement;
    let signature = Blob(owner.keys.sign(label::SIGN_LOG_ENTRY, &[&statement.0]).to_vec());
    let signed = SignedStatement { statement, signature };
    assert_does_not_count(&room, &signed, second, IgnoredReason::StatementNotValid);
}

#[test]
fn any_flipped_byte_of_a_statement_counts_for_nothing() {
    let [owner, _, second, _] = TestDevice::all();
    let room = room();
    let signed = vouching(owner, second).sign(&owner.keys);
    let statements = one_byte_flipped(&signed.statement.0)
        .map(|statement| SignedStatement { statement: Blob(statement), ..signed.clone() });
    let signatures = one_byte_flipped(&signed.signature.0)
        .map(|signature| SignedStatement { signature: Blob(signature), ..signed.clone() });
    for statement in statements.chain(signatures) {
        assert_does_not_count(&room, &statement, second, IgnoredReason::StatementNotValid);
    }
}

/// A member of one account cannot bring in a device of another one, neither with its own word nor with theirs.
#[test]
fn nobody_vouches_for_strangers() {
    let [owner, _, second, stranger] = TestDevice::all();
    let room = room();
    let own_word = vouching(owner, stranger).sign(&owner.keys);
    assert_does_not_count(&room, &own_word, stranger, IgnoredReason::StatementNotValid);
    let their_name = DeviceStatement { account: stranger.account, ..vouching(owner, stranger) }.sign(&owner.keys);
    assert_does_not_count(&room, &their_name, stranger, IgnoredReason::StatementNotValid);

    // A device that is not in this room yet vouches for nobody here.
    let not_here = DeviceStatement { by: second.id(), ..vouching(owner, owner) }.sign(&second.keys);
    assert_does_not_count(&room, &not_here, owner, IgnoredReason::AlreadyThere);
}

#[test]
fn a_device_comes_in_once() {
    let [owner, _, second, _] = TestDevice::all();
    let mut room = room();
    let statement = vouching(owner, second).sign(&owner.keys);
    room.append(second, vouched(statement.clone(), second)).unwrap();
    assert_does_not_count(&room, &statement, second, IgnoredReason::AlreadyThere);
}
