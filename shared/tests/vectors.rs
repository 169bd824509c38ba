//! Suite 1 against vectors that others published, natively and as WASM in a browser: Wycheproof, RFC 5869, RFC 8032.
//! Each test counts what it ran, so that none passes by running nothing.
#![cfg(test)]

mod support;

use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use igoon_shared::crypto::{CryptoError, primitives};
use rsa::{Oaep, RsaPrivateKey, pkcs8::DecodePrivateKey};
use sha2::Sha256;
use support::{TestRng, from_hex};
use wasm_bindgen_test::wasm_bindgen_test;
use wycheproof::{HashFunction, Mgf, TestResult, aead, eddsa, hkdf as hkdf_vectors, rsa_oaep};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test(unsupported = test)]
fn aes_256_gcm_of_wycheproof() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    let groups = set.test_groups.iter();
    for group in groups.filter(|group| (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128)) {
        for test in &group.tests {
            let key = test.key.as_slice().try_into().unwrap();
            let nonce = test.nonce.as_slice().try_into().unwrap();
            let sealed = [test.ct.as_slice(), test.tag.as_slice()].concat();
            let opened = primitives::aead_open(key, nonce, &test.aad, &sealed);
            if test.result.must_fail() {
                invalid += 1;
                assert_eq!(opened.unwrap_err(), CryptoError::CannotOpen, "test {}", test.tc_id);
            } else {
                valid += 1;
                assert_eq!(*opened.unwrap(), *test.pt, "test {}", test.tc_id);
                assert_eq!(
                    primitives::aead_seal(key, nonce, &test.aad, &test.pt).unwrap(),
                    sealed,
                    "test {}",
                    test.tc_id
                );
            }
        }
    }
    assert_eq!((valid, invalid), (39, 27));
}

/// Through the calls that an envelope makes; an envelope itself holds nothing but 32-byte keys under 32-byte labels.
#[wasm_bindgen_test(unsupported = test)]
fn rsa_oaep_of_wycheproof() {
    let mut rng = TestRng::new("rsa_oaep_of_wycheproof");
    let (mut valid, mut invalid, mut labelled) = (0, 0, 0);
    for name in rsa_oaep::TestName::all() {
        let set = rsa_oaep::TestSet::load(name).unwrap();
        for group in set.test_groups {
            let ours = group.mgf == Mgf::Mgf1
                && group.hash == HashFunction::Sha2_256
                && group.mgf_hash == HashFunction::Sha2_256
                && [2048, 3072].contains(&group.key_size);
            if !ours {
                continue;
            }
            let key = RsaPrivateKey::from_pkcs8_der(&group.pkcs8).unwrap();
            for test in group.tests {
                let padding = Oaep::<Sha256>::new_with_label(test.label.as_slice());
                let opened = key.decrypt_blinded(&mut rng, padding, &test.ct);
                labelled += u32::from(!test.label.is_empty());
                match test.result {
                    TestResult::Valid => {
                        valid += 1;
                        assert_eq!(opened.unwrap(), *test.pt, "{name:?}, test {}", test.tc_id);
                    }
                    TestResult::Invalid => {
                        invalid += 1;
                        assert!(opened.is_err(), "{name:?}, test {}", test.tc_id);
                    }
                    TestResult::Acceptable => {
                        assert!(opened.is_err() || opened.unwrap() == *test.pt, "{name:?}, test {}", test.tc_id);
                    }
                }
            }
        }
    }
    assert_eq!((valid, invalid, labelled), (42, 38, 16));
}

#[wasm_bindgen_test(unsupported = test)]
fn ed25519_of_wycheproof() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in set.test_groups {
        let key = group.key.pk.as_slice().try_into().unwrap();
        for test in group.tests {
            let verified = primitives::verify(key, b"", &[&test.msg], &test.sig);
            if test.result.must_fail() {
                invalid += 1;
                assert_eq!(verified, Err(CryptoError::BadSignature), "test {}", test.tc_id);
            } else {
                valid += 1;
                assert_eq!(verified, Ok(()), "test {}", test.tc_id);
            }
        }
    }
    assert_eq!((valid, invalid), (88, 63));
}

/// Our `derive` makes one block, the first of any longer output (RFC 5869, 2.3); the whole comes from the crate under it.
#[wasm_bindgen_test(unsupported = test)]
fn hkdf_of_wycheproof() {
    let set = hkdf_vectors::TestSet::load(hkdf_vectors::TestName::HkdfSha256).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut whole = vec![0; test.size];
        let expanded = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut whole);
        if test.result.must_fail() {
            invalid += 1;
            assert!(expanded.is_err(), "test {}", test.tc_id);
        } else {
            valid += 1;
            assert_eq!(whole, *test.okm, "test {}", test.tc_id);
            let block = primitives::derive(&test.ikm, &test.salt, &[&test.info]);
            let shared = test.size.min(32);
            assert_eq!(block[..shared], test.okm[..shared], "test {}", test.tc_id);
        }
    }
    assert_eq!((valid, invalid), (83, 3));
}

/// RFC 5869, A.1 to A.3. None has the 32 bytes that we derive: see [`hkdf_of_wycheproof`].
#[wasm_bindgen_test(unsupported = test)]
fn hkdf_of_rfc_5869() {
    let counting = |range: core::ops::RangeInclusive<u8>| range.collect::<Vec<u8>>();
    let cases = [
        (
            vec![0x0b; 22],
            counting(0x00..=0x0c),
            counting(0xf0..=0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            counting(0x00..=0x4f),
            counting(0x60..=0xaf),
            counting(0xb0..=0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09\
             b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            vec![0x0b; 22],
            vec![],
            vec![],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ];
    for (ikm, salt, info, okm) in cases {
        let okm = from_hex(okm);
        assert_eq!(primitives::derive(&ikm, &salt, &[&info])[..], okm[..32]);
        let (begin, end) = info.split_at(info.len() / 2);
        assert_eq!(primitives::derive(&ikm, &salt, &[begin, end])[..], okm[..32], "parts are joined");
        let mut whole = vec![0; okm.len()];
        Hkdf::<Sha256>::new(Some(&salt), &ikm).expand(&info, &mut whole).unwrap();
        assert_eq!(whole, okm);
    }
}

/// RFC 8032, 7.1, tests 1, 2, 3 and "SHA(abc)". With an empty label, `sign` and `verify` are plain Ed25519.
#[wasm_bindgen_test(unsupported = test)]
fn ed25519_of_rfc_8032() {
    let cases = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe\
             24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a\
             eeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed2\
             8dc027beceea1ec40a",
        ),
        (
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce8\
             0e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac1\
             7ad9bef1177331a704",
        ),
    ];
    for (seed, public_key, message, signature) in cases {
        let key = SigningKey::from_bytes(from_hex(seed).as_slice().try_into().unwrap());
        let message = from_hex(message);
        let public_key: [u8; 32] = from_hex(public_key).try_into().unwrap();
        assert_eq!(key.verifying_key().to_bytes(), public_key);
        assert_eq!(primitives::sign(&key, b"", &[&message])[..], from_hex(signature));
        assert_eq!(primitives::verify(&public_key, b"", &[&message], &from_hex(signature)), Ok(()));
        let (label, rest) = message.split_at(message.len() / 2);
        assert_eq!(primitives::sign(&key, label, &[rest])[..], from_hex(signature), "the label comes first, as it is");
    }
}

/// What plain RFC 8032 lets an implementation accept, and we do not (RFC 8032, 5.1.7 and 8.4).
#[wasm_bindgen_test(unsupported = test)]
fn ed25519_is_verified_strictly() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public_key = key.verifying_key().to_bytes();
    let signature = primitives::sign(&key, b"label", &[b"message"]);
    let verify = |signature: &[u8]| primitives::verify(&public_key, b"label", &[b"message"], signature);
    assert_eq!(verify(&signature), Ok(()));

    // S + L, which is S again modulo the group's order.
    assert_eq!(verify(&plus_group_order(&signature)), Err(CryptoError::BadSignature));
    for changed in support::one_byte_flipped(&signature) {
        assert_eq!(verify(&changed), Err(CryptoError::BadSignature));
    }
    for length in [0, 63] {
        assert_eq!(verify(&signature[..length]), Err(CryptoError::BadSignature));
    }
    assert_eq!(verify(&[&signature[..], &[0]].concat()), Err(CryptoError::BadSignature));

    // With a key of small order, R = key and S = 0 verify one message in as many as its order: try enough messages.
    for key in SMALL_ORDER {
        let key: [u8; 32] = from_hex(key).try_into().unwrap();
        for r in [&key, &IDENTITY] {
            let signature = [&r[..], &[0; 32]].concat();
            for message in 0..32_u8 {
                assert!(primitives::verify(&key, b"", &[&[message]], &signature).is_err(), "{}", support::to_hex(&key));
            }
        }
    }
}

/// The neutral point of the curve.
const IDENTITY: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// All encodings of the eight points of small order, the six non-canonical ones last.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

/// The signature with L added to S (little endian).
fn plus_group_order(signature: &[u8; 64]) -> [u8; 64] {
    let order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut sum = *signature;
    let mut carry = 0;
    for (byte, add) in sum[32..].iter_mut().zip(order) {
        let total = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(total & 0xff).unwrap();
        carry = total >> 8;
    }
    assert_eq!(carry, 0);
    sum
}
