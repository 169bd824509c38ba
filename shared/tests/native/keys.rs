//! A device's keys and its bundle: which keys suite 1 takes, what a damaged store or a substituted key comes to, and the
//! numbers that people compare.

use igoon_shared::{
    crypto::{
        CryptoError,
        bundle::{Bundle, SignedBundle},
        device::DeviceKeys,
        label, safety, system_rng,
    },
    ids::{AccountId, InstallationId},
    protocol::{bytes::Blob, frames::OpenName},
};
use rsa::{
    RsaPrivateKey,
    pkcs8::{DecodePrivateKey, EncodePublicKey},
};

use crate::support::{self, TestDevice, message_pack::Value, one_byte_flipped, rsa_pkcs8, signing_seed};

const RSA_2048: &[u8] = include_bytes!("../data/rsa_2048.pk8");
const RSA_4096: &[u8] = include_bytes!("../data/rsa_4096.pk8");
const RSA_E3: &[u8] = include_bytes!("../data/rsa_e3.pk8");

#[test]
fn keys_that_were_just_made_are_stored_and_read_back() {
    let made = DeviceKeys::generate(&mut system_rng()).unwrap();
    let (pkcs8, seed) = made.to_parts().unwrap();
    let read = DeviceKeys::from_parts(&pkcs8, &seed).unwrap();
    let bundle =
        |keys: &DeviceKeys| keys.bundle(AccountId::from_bytes([1; 16]), InstallationId::from_bytes([2; 16])).unwrap();
    assert_eq!(bundle(&read), bundle(&made));
    assert_eq!(read.to_parts().unwrap(), (pkcs8, seed));
    let device = Bundle::verify(&bundle(&made)).unwrap();
    assert_eq!(
        (device.account(), device.installation()),
        (AccountId::from_bytes([1; 16]), InstallationId::from_bytes([2; 16]))
    );
    assert_ne!(device.device(), TestDevice::new(1, 1).id());
}

#[test]
fn private_keys_that_suite_1_refuses() {
    for (why, pkcs8) in [("2048 bits", RSA_2048), ("4096 bits", RSA_4096), ("e = 3", RSA_E3), ("nothing", &[])] {
        assert_eq!(DeviceKeys::from_parts(pkcs8, &[1; 32]).unwrap_err(), CryptoError::BadPrivateKey, "{why}");
    }
}

/// Whoever can change a stored key must not get it used: a wrong exponent or prime gives the private key away.
#[test]
fn a_stored_key_that_was_changed_is_refused_or_mended() {
    let right = rsa_pkcs8(1);
    let mut refused = 0;
    for changed in one_byte_flipped(right).step_by(5) {
        match DeviceKeys::from_parts(&changed, &signing_seed(1)) {
            Err(refusal) => {
                assert_eq!(refusal, CryptoError::BadPrivateKey);
                refused += 1;
            }
            // What follows from the primes is not read but calculated.
            Ok(keys) => assert_eq!(*keys.to_parts().unwrap().0, right),
        }
    }
    // Modulus, exponents and primes are two thirds of the bytes.
    assert!(refused > right.len() / 5 * 6 / 10, "{refused}");
    for length in [right.len() - 1, right.len() / 2] {
        assert!(DeviceKeys::from_parts(&right[..length], &signing_seed(1)).is_err());
    }
    assert!(DeviceKeys::from_parts(&[right, &[0]].concat(), &signing_seed(1)).is_err());
}

/// A bundle with something else in one field, rightly signed by device 1.
fn bundle_with(field: &str, value: Value) -> Result<Bundle, CryptoError> {
    let device = TestDevice::new(1, 1);
    let mut body = Value::read(&device.bundle.signed().bundle.0);
    *body.field(field) = value;
    let bundle = body.shortest();
    let signature = device.keys.sign(label::SIGN_BUNDLE, &[&bundle]);
    Bundle::verify(&SignedBundle { bundle: Blob(bundle), signature: Blob(signature.to_vec()) })
}

fn spki(pkcs8: &[u8]) -> Vec<u8> {
    let key = RsaPrivateKey::from_pkcs8_der(pkcs8).unwrap();
    key.to_public_key().to_public_key_der().unwrap().into_vec()
}

#[test]
fn public_keys_that_suite_1_refuses() {
    let good = spki(rsa_pkcs8(2));
    assert!(bundle_with("rsa", Value::Bytes(good.clone())).is_ok(), "the helper makes bundles that pass");
    let rsa_encryption = support::from_hex("300d06092a864886f70d0101010500");
    let pss = [&support::from_hex("308201a0300b06092a864886f70d01010a")[..], &good[19..]].concat();
    assert_eq!(good[4..19], rsa_encryption);
    let mut even = good.clone();
    let last_of_modulus = even.len() - 6;
    even[last_of_modulus] &= 0xfe;
    let mut without_null = good.clone();
    without_null.splice(4..19, support::from_hex("300b06092a864886f70d010101"));
    without_null[3] -= 2;
    for (why, der) in [
        ("2048 bits", spki(RSA_2048)),
        ("4096 bits", spki(RSA_4096)),
        ("e = 3", spki(RSA_E3)),
        ("even modulus", even),
        ("for RSA-PSS", pss),
        ("parameters missing", without_null),
        ("bytes after it", [&good[..], &[0]].concat()),
        ("cut off", good[..good.len() - 1].to_vec()),
        ("PKCS#1", good[24..].to_vec()),
        ("nothing", vec![]),
    ] {
        assert_eq!(bundle_with("rsa", Value::Bytes(der)).unwrap_err(), CryptoError::BadPublicKey, "{why}");
    }
}

#[test]
fn signing_keys_that_suite_1_refuses() {
    for (why, key, error) in [
        ("too short", vec![1; 31], CryptoError::BadPublicKey),
        ("too long", vec![1; 33], CryptoError::BadPublicKey),
        ("not on the curve", [&[2][..], &[0; 31]].concat(), CryptoError::BadPublicKey),
        ("of small order", vec![0; 32], CryptoError::BadSignature),
        ("another's", TestDevice::new(2, 2).signing_key().to_vec(), CryptoError::BadSignature),
    ] {
        assert_eq!(bundle_with("ed25519", Value::Bytes(key)).unwrap_err(), error, "{why}");
    }
}

#[test]
fn a_bundle_of_another_suite_or_layout_is_not_read() {
    assert_eq!(bundle_with("suite", Value::Int(2)).unwrap_err(), CryptoError::UnknownFormat);
    assert_eq!(bundle_with("account", Value::Bytes(vec![1; 15])).unwrap_err(), CryptoError::UnknownFormat);
}

#[test]
fn any_flipped_byte_spoils_a_bundle() {
    let device = TestDevice::new(1, 1);
    let signed = device.bundle.signed();
    for bundle in one_byte_flipped(&signed.bundle.0) {
        assert!(Bundle::verify(&SignedBundle { bundle: Blob(bundle), ..signed.clone() }).is_err());
    }
    for signature in one_byte_flipped(&signed.signature.0) {
        let changed = SignedBundle { signature: Blob(signature), ..signed.clone() };
        assert_eq!(Bundle::verify(&changed).unwrap_err(), CryptoError::BadSignature);
    }
}

/// Everything that makes a device is in its id.
#[test]
fn a_device_id_is_its_keys_and_whose_they_are() {
    let device = TestDevice::new(1, 1);
    let again = |account, installation, number| {
        let keys = DeviceKeys::from_parts(rsa_pkcs8(number), &signing_seed(1)).unwrap();
        Bundle::verify(&keys.bundle(account, installation).unwrap()).unwrap()
    };
    let (account, installation) = (device.account, device.bundle.installation());
    assert_eq!(again(account, installation, 1).device(), device.id());
    for other in [
        again(AccountId::from_bytes([9; 16]), installation, 1),
        again(account, InstallationId::from_bytes([9; 16]), 1),
        again(account, installation, 2),
        Bundle::verify(&DeviceKeys::from_parts(rsa_pkcs8(1), &[9; 32]).unwrap().bundle(account, installation).unwrap())
            .unwrap(),
    ] {
        assert_ne!(other.device(), device.id());
    }
}

#[test]
fn safety_numbers_are_the_same_on_both_screens_and_change_with_the_keys() {
    let [a, b, c] = [(1, 1), (2, 2), (3, 1)].map(|(number, account)| TestDevice::new(number, account).bundle);
    let number = safety::safety_number(&a, &b);
    assert_eq!(number, safety::safety_number(&b, &a));
    assert_ne!(number, safety::safety_number(&a, &c));
    assert_ne!(number, safety::safety_number(&c, &b));
    assert_eq!(groups(&number), vec![5; 12]);
}

#[test]
fn a_persons_number_is_of_all_computers_of_both_in_whatever_order() {
    let [a, b, c, d] = [(1, 1), (2, 2), (3, 1), (4, 2)].map(|(number, account)| TestDevice::new(number, account).id());
    let number = safety::person_safety_number(&[a, c].into(), &[b].into());
    assert_eq!(groups(&number), vec![5; 12]);
    assert_eq!(number, safety::person_safety_number(&[b].into(), &[c, a].into()));
    for (one, other) in [([a].into(), [b].into()), ([a, c].into(), [b, d].into()), ([a].into(), [b, c].into())] {
        assert_ne!(number, safety::person_safety_number(&one, &other));
    }
}

#[test]
fn approval_digits_are_of_one_device() {
    let device = TestDevice::new(1, 1);
    let digits = safety::approval_digits(&device.bundle);
    assert_eq!(groups(&digits), vec![4; 6]);
    let elsewhere = device.keys.bundle(device.account, InstallationId::from_bytes([9; 16])).unwrap();
    for other in [Bundle::verify(&elsewhere).unwrap(), TestDevice::new(1, 2).bundle, TestDevice::new(2, 1).bundle] {
        assert_ne!(digits, safety::approval_digits(&other));
    }
}

/// How many digits each group has.
fn groups(number: &str) -> Vec<usize> {
    assert!(number.chars().all(|digit| digit.is_ascii_digit() || digit == ' '));
    number.split(' ').map(str::len).collect()
}

#[test]
fn a_name_is_hidden_by_exactly_32_random_bytes() {
    let name = OpenName::new("study", &mut system_rng());
    assert_ne!(name.hash(), OpenName::new("study", &mut system_rng()).hash());
    assert_ne!(name.hash(), OpenName { name: "kitchen".to_owned(), ..name.clone() }.hash());
    for length in [0, 31, 33] {
        assert_eq!(OpenName { random: Blob(vec![0; length]), ..name.clone() }.hash(), None);
    }
}
