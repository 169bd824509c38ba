//! What passes between page and worker prints no secrets.

use igoon_shared::wrapper::Computer;

use super::*;

#[test]
fn passwords_do_not_print() {
    let secret = || SecretText::new("correct horse".to_owned());
    let (email, handle) = ("bea@example.org".to_owned(), "bea".to_owned());
    let wishes = [
        ToWorker::Recovery { room: RoomId::from_bytes([1; 32]), wish: RecoveryWish::UseKit(secret()) },
        ToWorker::SignIn { account: Credentials { email: email.clone(), password: secret() }, invite: None },
        ToWorker::SetUp { code: secret(), account: NewAccount { email: email.clone(), handle, password: secret() } },
        ToWorker::EnterCode { digits: secret(), password: Some(secret()) },
        ToWorker::Correct(Correction::Password(secret())),
        ToWorker::Own(OwnWish::ChangePassword { current: secret(), new: secret() }),
        ToWorker::Own(OwnWish::ChangeEmail { email, password: secret() }),
        ToWorker::Own(OwnWish::EnterCode { digits: secret() }),
        ToWorker::Start(Surroundings::Desktop {
            server: "https://chat.example".parse().unwrap(),
            kept: Kept { token: Some(secret()), trust: Some(secret()) },
            computer: Computer { name: "desk".to_owned(), platform: "Linux".to_owned(), address: None },
        }),
    ];
    for wish in wishes {
        assert!(!format!("{wish:?}").contains("horse"), "{wish:?}");
    }
}
