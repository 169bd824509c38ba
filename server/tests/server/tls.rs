//! HTTPS and wss with a certificate of one's own.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use futures_util::{SinkExt as _, StreamExt as _};
use igoon_server::tls::Tls;
use igoon_shared::{
    crypto::message::Cursor,
    ids::{Incarnation, Seq},
    log::HistoryRule,
    protocol::{
        SUBPROTOCOL, codec,
        frames::{ClientFrame, ServerFrame, Sync},
    },
};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer, version::TLS12},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use crate::support::{PATIENCE, Program, Server};

/// A self-signed certificate as files.
struct Files {
    dir: TempDir,
}

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn new() -> (Self, CertificateDer<'static>) {
        let files = Self { dir: tempfile::tempdir().unwrap() };
        let certificate = files.renew();
        (files, certificate)
    }

    fn renew(&self) -> CertificateDer<'static> {
        let made: CertifiedKey<KeyPair> =
            generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        fs::write(self.path("cert.pem"), made.cert.pem()).unwrap();
        fs::write(self.path("key.pem"), made.signing_key.serialize_pem()).unwrap();
        made.cert.der().clone()
    }

    fn tls(&self) -> Tls {
        Tls::load(self.path("cert.pem"), self.path("key.pem")).unwrap()
    }
}

/// What a client that trusts only `root` connects with.
fn connector(root: &CertificateDer<'static>, alpn: &[&[u8]], only_tls_1_2: bool) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = if only_tls_1_2 {
        builder.with_protocol_versions(&[&TLS12]).unwrap()
    } else {
        builder.with_safe_default_protocol_versions().unwrap()
    };
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

fn address(server: &Server) -> &str {
    server.url.strip_prefix("https://").unwrap()
}

async fn connect(server: &Server, connector: &TlsConnector) -> std::io::Result<TlsStream<TcpStream>> {
    connect_to(address(server), connector).await
}

async fn connect_to(address: &str, connector: &TlsConnector) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await.unwrap();
    connector.connect("127.0.0.1".try_into().unwrap(), stream).await
}

/// Asks for a path on a connection, which stays; the head of the answer in lower case, and its body.
async fn ask(stream: &mut TlsStream<TcpStream>, path: &str) -> (String, Vec<u8>) {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let end = loop {
        if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "it ended early");
    };
    let head = String::from_utf8(read[..end].to_vec()).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse::<usize>().unwrap();
    while read.len() < end + length {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "it ended early");
    }
    (head, read.split_off(end))
}

async fn next(socket: &mut WebSocketStream<TlsStream<TcpStream>>) -> ServerFrame {
    loop {
        match tokio::time::timeout(PATIENCE, socket.next()).await.expect("nothing comes").unwrap().unwrap() {
            Message::Binary(bytes) => match codec::decode(&bytes).unwrap() {
                // They come when they come.
                ServerFrame::Presence(_) | ServerFrame::Positions(_) => {}
                frame => return frame,
            },
            Message::Ping(_) => {}
            other => panic!("no frame but {other:?}"),
        }
    }
}

async fn start(dir: TempDir, tls: &Tls) -> Server {
    Server::start_with(dir, |config| config.tls = Some(tls.clone())).await
}

#[actix_web::test]
async fn pages_and_api_come_by_https() {
    let (files, root) = Files::new();
    let server = start(tempfile::tempdir().unwrap(), &files.tls()).await;
    assert!(server.url.starts_with("https://127.0.0.1:"));
    for only_tls_1_2 in [false, true] {
        let mut stream = connect(&server, &connector(&root, &[b"h2", b"http/1.1"], only_tls_1_2)).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
        let (head, body) = ask(&mut stream, "/api/v1/server").await;
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        assert!(head.contains("\r\nstrict-transport-security: max-age=31536000\r\n"), "{head}");
        assert!(head.contains("\r\nratelimit: "), "{head}");
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["needs_setup"], true);
    }
    // A client that knows nothing of ALPN, and one that trusts somebody else.
    connect(&server, &connector(&root, &[], false)).await.unwrap();
    let (_, other) = Files::new();
    assert!(connect(&server, &connector(&other, &[], false)).await.is_err());
    // Plain HTTP gets no answer on this port.
    let plain = reqwest::get(format!("http://{}/health/live", address(&server))).await;
    assert!(plain.is_err(), "{plain:?}");
    server.stop().await;
}

#[actix_web::test]
async fn without_tls_no_page_is_told_to_insist_on_it() {
    let server = Server::start().await;
    let response = reqwest::get(format!("{}/health/live", server.url)).await.unwrap();
    assert!(!response.headers().contains_key("strict-transport-security"));
    server.stop().await;
}

#[actix_web::test]
async fn a_page_opens_its_socket_by_wss() {
    // The account is made by HTTP, which the tests' people speak; then the server comes back with TLS.
    let plain = Server::start().await;
    let owner = plain.owner().await;
    let room = owner.make_room(HistoryRule::AllRetained).await.room();
    let dir = plain.stop().await;
    let (files, root) = Files::new();
    let server = start(dir, &files.tls()).await;

    let open = async |origin: &str| {
        let stream = connect(&server, &connector(&root, &[], false)).await.unwrap();
        let mut request = format!("wss://{}/api/v1/socket", address(&server)).into_client_request().unwrap();
        for (name, value) in [
            ("cookie", format!("__Host-igoon={}", owner.token)),
            ("origin", origin.to_owned()),
            ("sec-websocket-protocol", SUBPROTOCOL.to_owned()),
        ] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        client_async(request, stream).await
    };
    // The page's own address is https now.
    assert!(open(&server.url.replace("https://", "http://")).await.is_err());
    let (mut socket, response) = open(&server.url).await.unwrap();
    assert!(response.headers().contains_key("ratelimit"));
    assert!(matches!(next(&mut socket).await, ServerFrame::Welcome(welcome) if welcome.device == owner.device()));
    // It carries in the other direction too.
    let sync = ClientFrame::Sync(Sync { room, after: Cursor { incarnation: Incarnation::default(), seq: Seq(0) } });
    socket.send(Message::Binary(codec::encode(&sync).into())).await.unwrap();
    assert!(matches!(next(&mut socket).await, ServerFrame::Page(page) if page.items.len() == 2));
    server.stop().await;
}

#[actix_web::test]
async fn a_renewed_certificate_is_shown_from_the_next_handshake_on() {
    let (files, first) = Files::new();
    let tls = files.tls();
    let server = start(tempfile::tempdir().unwrap(), &tls).await;
    let (by_first, shown) = (connector(&first, &[], false), |stream: &TlsStream<TcpStream>| {
        stream.get_ref().1.peer_certificates().unwrap()[0].clone()
    });
    let mut standing = connect(&server, &by_first).await.unwrap();
    ask(&mut standing, "/health/live").await;

    // Half a renewal: the old pair stays.
    let second = files.renew();
    fs::write(files.path("key.pem"), "").unwrap();
    let error = tls.reload().unwrap_err().to_string();
    assert!(error.contains("key.pem"), "{error}");
    assert_eq!(shown(&connect(&server, &connector(&first, &[], false)).await.unwrap()), first);

    let third = files.renew();
    tls.reload().unwrap();
    assert!(connect(&server, &connector(&second, &[], false)).await.is_err());
    assert_eq!(shown(&connect(&server, &connector(&third, &[], false)).await.unwrap()), third);
    // The connection from before is still there.
    let (head, _) = ask(&mut standing, "/health/live").await;
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    server.stop().await;
}

fn program(files: &Files) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_igoon-server"));
    command.arg("--tls-cert").arg(files.path("cert.pem")).arg("--tls-key").arg(files.path("key.pem"));
    command
}

#[actix_web::test]
async fn the_program_renews_its_certificate_at_sighup() {
    let (files, first) = Files::new();
    let mut command = program(&files);
    command.args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(files.path("data"));
    let mut program = Program(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on https://").unwrap();
    connect_to(address, &connector(&first, &[], false)).await.unwrap();

    let renewed = connector(&files.renew(), &[], false);
    assert!(connect_to(address, &renewed).await.is_err());
    assert!(Command::new("kill").args(["-HUP", &program.0.id().to_string()]).status().unwrap().success());
    let shown = async {
        while connect_to(address, &renewed).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, shown).await.expect("the new certificate is not shown");
}

#[test]
fn the_check_says_which_file_is_wrong() {
    let (files, _) = Files::new();
    let check = || program(&files).arg("check").output().unwrap();
    assert!(check().status.success());
    fs::write(files.path("key.pem"), "hello").unwrap();
    let refused = check();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(said.contains("tls_key") && said.contains("key.pem holds no private key"), "{said}");
}
