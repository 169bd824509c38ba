//! Hostile JSON bodies for every route that takes one, and requests for what is not there.

use igoon_e2e::account::Visitor;
use igoon_shared::{
    crypto::system_rng,
    ids::{ChallengeId, InstallationId, InviteKey, LogIndex, SessionId},
    protocol::{
        bytes::Blob,
        error::{ErrorBody, ErrorCode},
        http::{
            API, Append, ChangeEmail, ChangeHandle, ChangePassword, ConfirmEmail, ConfirmReset, ConfirmSignIn,
            ConfirmSignUp, InviteProof, InviteSealedKey, MailedCode, OpenInviteRequest, RegisterDevice, ResendCode,
            ResetPassword, SecretText, SessionTransport, SetUp, SignIn, SignUp,
        },
        limits,
    },
};
use reqwest::{Method, header};
use serde_json::{Value, json};

use super::{noise::Noise, scene::Scene};

/// A request and its answer: the status, and the code where it is a refusal.
#[derive(Debug)]
pub struct Attack {
    pub name: &'static str,
    pub method: Method,
    pub path: String,
    pub body: Vec<u8>,
    content_type: &'static str,
    signed_in: bool,
    origin: Option<&'static str>,
    expected: (u16, Option<ErrorCode>),
}

const MALFORMED: (u16, Option<ErrorCode>) = (400, Some(ErrorCode::Malformed));
/// Fields that may be left out.
const OPTIONAL: [&str; 5] = ["trust", "envelopes", "link", "names", "invite_key"];

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// A route and a body of the right shape for it.
fn route(scene: &Scene, noise: &mut Noise) -> (Method, String, Value) {
    let (ours, installation) = (scene.ours, InstallationId::from_bytes(noise.array()));
    let code =
        || MailedCode { challenge: ChallengeId::random(&mut system_rng()), installation, digits: secret("1234 5678") };
    let (email, password, session) = ("ada@example.org".to_owned(), secret("x"), SessionTransport::Bearer);
    let invite =
        InviteProof { room: ours, invite: scene.invite.key(ours), installation, signature: Blob(noise.bytes(64)) };
    let entries = vec![scene.mallory.entries[noise.below(scene.mallory.entries.len())].clone()];
    let append = Append { entries, envelopes: vec![], link: None, names: vec![], invite_key: None };
    let sealed = igoon_shared::crypto::epoch::SealedKey { salt: Blob(vec![0; 16]), ciphertext: Blob(vec![0; 48]) };
    let key = InviteSealedKey { invite: scene.invite.key(ours), epoch: scene.mallory.log.current_epoch(), sealed };
    let bundle = scene.mallory.identity.bundle().signed().clone();
    let device = RegisterDevice { bundle, name: "a".to_owned(), platform: "b".to_owned(), address: None };
    let json = |value: serde_json::Result<Value>| value.unwrap();
    let (post, put) = (Method::POST, Method::PUT);
    let (method, path, body) = match noise.below(17) {
        0 => (post, "/setup".into(), json(serde_json::to_value(SetUp { code: password, email, installation }))),
        1 => (post, "/sign-up".into(), json(serde_json::to_value(SignUp { invite, email }))),
        2 => {
            let body = ConfirmSignUp { code: code(), handle: "x".into(), password, session };
            (post, "/sign-up/confirm".into(), json(serde_json::to_value(body)))
        }
        3 => {
            let challenge = ChallengeId::random(&mut system_rng());
            (post, "/codes/resend".into(), json(serde_json::to_value(ResendCode { challenge, installation })))
        }
        4 => {
            let body = SignIn { email, password, installation, session, trust: None };
            (post, "/sign-in".into(), json(serde_json::to_value(body)))
        }
        5 => (post, "/sign-in/confirm".into(), json(serde_json::to_value(ConfirmSignIn { code: code(), session }))),
        6 => (post, "/password-reset".into(), json(serde_json::to_value(ResetPassword { email, installation }))),
        7 => {
            let body = ConfirmReset { code: code(), password, session };
            (post, "/password-reset/confirm".into(), json(serde_json::to_value(body)))
        }
        8 => (put, "/me/handle".into(), json(serde_json::to_value(ChangeHandle { handle: "x".into() }))),
        9 => {
            let body = ChangePassword { current: secret("x"), password: secret("y") };
            (put, "/me/password".into(), json(serde_json::to_value(body)))
        }
        10 => (put, "/me/email".into(), json(serde_json::to_value(ChangeEmail { email, current: password }))),
        11 => (post, "/me/email/confirm".into(), json(serde_json::to_value(ConfirmEmail { code: code() }))),
        12 => (put, "/device".into(), json(serde_json::to_value(device))),
        13 => (post, "/rooms".into(), json(serde_json::to_value(append))),
        14 => (post, format!("/rooms/{ours}/log"), json(serde_json::to_value(append))),
        15 => (put, format!("/rooms/{ours}/invite-key"), json(serde_json::to_value(key))),
        _ => {
            let body = OpenInviteRequest { proof: invite, from: LogIndex(0) };
            (post, "/invites/open".into(), json(serde_json::to_value(body)))
        }
    };
    (method, path, body)
}

/// Draws a request.
pub fn draw(scene: &Scene, noise: &mut Noise) -> Attack {
    if noise.below(4) == 0 { unwelcome(scene, noise) } else { misshapen(scene, noise) }
}

/// Bodies that are not what the route takes.
fn misshapen(scene: &Scene, noise: &mut Noise) -> Attack {
    let (method, path, mut value) = route(scene, noise);
    let text = value.to_string().into_bytes();
    let mut expected = MALFORMED;
    let mut content_type = "application/json";
    let (name, body) = match noise.below(17) {
        0 => ("truncated", text[..noise.below(text.len())].to_vec()),
        1 => ("bytes behind the body", [text, noise.pick(&[&b"}"[..], b"{}", b"\0", b",1"]).to_vec()].concat()),
        2 => {
            let object = value.as_object().unwrap();
            let (key, again) = object.iter().nth(noise.below(object.len())).unwrap();
            let twice = format!("{{{}:{again},{}", json!(key), &value.to_string()[1..]);
            ("a key twice", twice.into_bytes())
        }
        3 => {
            value.as_object_mut().unwrap().insert("extra".into(), json!([1, {"deep": null}]));
            ("an unknown field", value.to_string().into_bytes())
        }
        4 | 5 => {
            let leaf = any_leaf(&mut value, noise);
            *leaf = match leaf {
                Value::String(_) => noise.pick(&[json!(1), json!(null), json!(["a"]), json!({"a": 1})]).clone(),
                _ => noise.pick(&[json!("text"), json!(1.5), json!({"a": 1})]).clone(),
            };
            ("a value of another type", value.to_string().into_bytes())
        }
        6 => {
            let object = value.as_object_mut().unwrap();
            let needed: Vec<String> = object.keys().filter(|key| !OPTIONAL.contains(&key.as_str())).cloned().collect();
            object.remove(noise.pick(&needed));
            ("a field is missing", value.to_string().into_bytes())
        }
        7 => {
            let deep = 200 + noise.below(50_000);
            ("nested too deep", vec![*noise.pick(b"[{"); deep])
        }
        8 => {
            *any_leaf(&mut value, noise) = json!("\u{1}REPLACED\u{1}");
            let text = value.to_string().replace("\\u0001REPLACED\\u0001", "\\ud800");
            ("half a character", text.into_bytes())
        }
        9 => {
            *any_leaf(&mut value, noise) = json!("REPLACED");
            let text = value.to_string().into_bytes();
            let place = text.windows(8).position(|window| window == b"REPLACED").unwrap();
            let mut spoilt = text;
            spoilt[place + noise.below(8)] = *noise.pick(&[0xff, 0xc0, 0x80, 0xfe]);
            ("text that is not UTF-8", spoilt)
        }
        10 | 11 => {
            let limit = if path.starts_with("/rooms") && method == Method::POST {
                limits::APPEND_BODY
            } else {
                limits::JSON_BODY
            };
            expected = (413, Some(ErrorCode::TooLarge));
            let mut large = text;
            large.resize(limit + 1 + noise.below(3), b' ');
            ("too large", large)
        }
        12 => {
            let small: &[&str] = &["", "null", "[]", "\"x\"", "1e999", "{}", "[[]]", "{\"a\"", "\u{feff}{}", "nan"];
            ("something else", noise.pick(small).as_bytes().to_vec())
        }
        13 => {
            content_type = *noise.pick(&["text/plain", "application/msgpack", "multipart/form-data", "json"]);
            ("another content type", text)
        }
        14 => {
            let count = noise.below(4_000);
            ("noise", noise.bytes(count))
        }
        15 => {
            let many: Vec<String> = (0..2_000).map(|place| format!("\"f{place}\":{place}")).collect();
            ("thousands of fields", format!("{{{}}}", many.join(",")).into_bytes())
        }
        _ => {
            let key = value.as_object().unwrap().keys().next().unwrap().clone();
            let shouted = value.to_string().replacen(&key, &key.to_uppercase(), 1);
            ("a field in capitals", shouted.into_bytes())
        }
    };
    Attack { name, method, path, body, content_type, signed_in: true, origin: None, expected }
}

/// Something inside that holds nothing else.
fn any_leaf<'a>(value: &'a mut Value, noise: &mut Noise) -> &'a mut Value {
    let inside = match &*value {
        Value::Object(fields) => fields.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    if inside == 0 {
        return value;
    }
    let place = noise.below(inside);
    match value {
        Value::Object(fields) => any_leaf(fields.values_mut().nth(place).unwrap(), noise),
        Value::Array(items) => any_leaf(&mut items[place], noise),
        _ => unreachable!("nothing else holds anything"),
    }
}

/// Well-formed requests for what is not there, not the caller's, or not allowed.
fn unwelcome(scene: &Scene, noise: &mut Noise) -> Attack {
    let (ours, theirs) = (scene.ours, scene.theirs);
    let installation = InstallationId::from_bytes(noise.array());
    let nowhere = igoon_shared::ids::RoomId::from_bytes(noise.array());
    let challenge = ChallengeId::from_bytes(noise.array());
    let code = |digits: &str| json!({"challenge": challenge, "installation": installation, "digits": digits});
    let proof =
        |room| InviteProof { room, invite: InviteKey::from_bytes([9; 32]), installation, signature: Blob(vec![1; 64]) };
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let (nothing, long) = (Value::Null, "x".repeat(300));
    let refused = |status, code| (status, Some(code));
    let (mut signed_in, mut origin) = (true, None);
    let (name, method, path, body, expected) = match noise.below(20) {
        0 => {
            let path = format!("/rooms/{}/{}", noise.pick(&[theirs, nowhere]), noise.pick(&["keys", "names"]));
            ("a foreign room", get, path, nothing, refused(404, ErrorCode::NotFound))
        }
        1 => {
            let room = *noise.pick(&["x", "..", "%00", "%ff%fe", "AAAA", "%2e%2e%2f"]);
            ("no room's name", get, format!("/rooms/{room}/keys"), nothing, refused(404, ErrorCode::NotFound))
        }
        2 => {
            let session = SessionId::from_bytes(noise.array());
            let path = format!("/me/sessions/{session}");
            ("no session of ours", Method::DELETE, path, nothing, refused(404, ErrorCode::NotFound))
        }
        3 => {
            let body = json!({"code": code("12345678"), "session": "bearer"});
            ("a code never asked for", post, "/sign-in/confirm".into(), body, refused(410, ErrorCode::CodeExpired))
        }
        4 => {
            let digits = *noise.pick(&["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨", "-1234567"]);
            let body = json!({"code": code(digits), "session": "bearer"});
            ("digits that are no code", post, "/sign-in/confirm".into(), body, refused(422, ErrorCode::Invalid))
        }
        5 => {
            let body = json!({"challenge": challenge, "installation": installation});
            ("another mail for nothing", post, "/codes/resend".into(), body, refused(410, ErrorCode::CodeExpired))
        }
        6 => {
            let body = json!({"proof": proof(*noise.pick(&[ours, theirs, nowhere])), "from": noise.next()});
            ("an invite made up", post, "/invites/open".into(), body, refused(403, ErrorCode::InviteNotValid))
        }
        7 => {
            let body = json!({"invite": proof(ours), "email": "eve@example.org"});
            ("sign-up by an invite made up", post, "/sign-up".into(), body, refused(403, ErrorCode::InviteNotValid))
        }
        8 => {
            // The proof of a real invite, asked for from a place far behind the log's end.
            let visitor = Visitor::new("");
            let signature = Blob(scene.invite.sign_use(ours, visitor.installation).to_vec());
            let invite = scene.invite.key(ours);
            let proof = InviteProof { room: ours, invite, installation: visitor.installation, signature };
            let body = json!({"proof": proof, "from": u64::MAX - noise.next() % 5});
            ("a place behind the log", post, "/invites/open".into(), body, (200, None))
        }
        9 => {
            let bundle = scene.mallory.identity.bundle().signed();
            let name = *noise.pick(&["", " ", "a\u{7}b", &long]);
            let body = json!({"bundle": bundle, "name": name, "platform": "p"});
            ("a computer without a proper name", put, "/device".into(), body, refused(422, ErrorCode::Invalid))
        }
        10 => {
            let mut bundle = scene.mallory.identity.bundle().signed().clone();
            let place = noise.below(bundle.bundle.0.len());
            bundle.bundle.0[place] ^= 1 << noise.below(8);
            let body = json!({"bundle": bundle, "name": "n", "platform": "p"});
            ("keys whose signature does not match", put, "/device".into(), body, refused(422, ErrorCode::Invalid))
        }
        11 => {
            let handle = *noise.pick(&["", "a", "a b", "аda", "\u{202e}ada", "..", "a\u{0}b", &long]);
            ("no handle", put, "/me/handle".into(), json!({"handle": handle}), refused(422, ErrorCode::Invalid))
        }
        12 => {
            let email = *noise.pick(&["", "ada", "a@b\r\nBcc: c@d", "a b@c.d", "@", "a@", &long]);
            let body = json!({"email": email, "installation": installation});
            ("no address", post, "/password-reset".into(), body, refused(422, ErrorCode::Invalid))
        }
        13 => {
            origin = Some(*noise.pick(&["https://evil.example", "null", "http://127.0.0.1:1"]));
            let body = json!({"handle": "mallory2"});
            ("a foreign page", put, "/me/handle".into(), body, refused(403, ErrorCode::BadOrigin))
        }
        14 => {
            signed_in = false;
            let path = noise.pick(&["/me", "/me/sessions"]).to_string();
            ("nobody", get, path, nothing, refused(401, ErrorCode::NotSignedIn))
        }
        15 => {
            let path = noise.pick(&["/nothing", "/rooms/a/b/c", "/me/", "//me", "/me/sessions/"]).to_string();
            ("no such path", get, path, nothing, refused(404, ErrorCode::NotFound))
        }
        16 => {
            let methods = [(Method::PATCH, "/me"), (get, "/sign-in"), (put, "/rooms")];
            let (method, path) = noise.pick(&methods).clone();
            ("no such method", method, path.to_owned(), nothing, refused(405, ErrorCode::NotFound))
        }
        17 => {
            let body = json!({"code": noise.pick(&["", "x", "0000000000000000000O", "\u{0}"]), "email": "e@e.org",
                              "installation": installation});
            ("no set-up code", post, "/setup".into(), body, refused(403, ErrorCode::BadSetupCode))
        }
        18 => {
            let body = json!({"code": "00000-00000-00000-00000", "email": "e@e.org", "installation": installation});
            ("a set-up code that is used up", post, "/setup".into(), body, refused(403, ErrorCode::BadSetupCode))
        }
        _ => {
            let sealed = json!({"salt": Blob(vec![0; 16]), "ciphertext": Blob(vec![0; 48])});
            let body = json!({"invite": InviteKey::from_bytes([9; 32]), "epoch": noise.next(), "sealed": sealed});
            let (room, expected) =
                *noise.pick(&[(theirs, refused(404, ErrorCode::NotFound)), (ours, refused(422, ErrorCode::Invalid))]);
            ("a key beside no invite", put, format!("/rooms/{room}/invite-key"), body, expected)
        }
    };
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    Attack { name, method, path, body, content_type: "application/json", signed_in, origin, expected }
}

/// Makes the request and looks at its answer.
pub async fn attack(scene: &Scene, attack: &Attack) -> Result<(), String> {
    let session = &scene.mallory.session;
    let mut request = session.http().request(attack.method.clone(), format!("{}{API}{}", session.url, attack.path));
    if attack.signed_in {
        request = request.bearer_auth(&session.token);
    }
    if let Some(origin) = attack.origin {
        request = request.header(header::ORIGIN, origin);
    }
    if !attack.body.is_empty() || attack.method != Method::GET {
        request = request.header(header::CONTENT_TYPE, attack.content_type).body(attack.body.clone());
    }
    let answer = request.send().await.map_err(|error| format!("no answer: {error}"))?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await.map_err(|error| format!("no body: {error}"))?;
    let code = if status < 300 { None } else { Some(refusal(&body)?) };
    if (status, code) == attack.expected {
        Ok(())
    } else {
        Err(format!("{status} {code:?} instead of {:?}: {}", attack.expected, String::from_utf8_lossy(&body)))
    }
}

/// The code in a refusal's body.
pub fn refusal(body: &[u8]) -> Result<ErrorCode, String> {
    let error: ErrorBody =
        serde_json::from_slice(body).map_err(|error| format!("{error} in {}", String::from_utf8_lossy(body)))?;
    assert!(error.request_id.is_some());
    Ok(error.code)
}
