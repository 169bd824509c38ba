//! A room's export in real browsers: the files are read from the disk and compared with what a native client sent, whatever that
//! was; it is stopped, it works without a connection, and messages go out meanwhile.

use igoon_e2e::{
    account::Session,
    browser::{Browser, Driver, Engine},
    database::Kind,
    native::NativeClient,
    person,
    proxy::{Proxy, Way},
    server::{Settings, TestServer},
};
use igoon_shared::{
    client::io::{Body, MessageView, PersonPosition},
    ids::RoomId,
};
use serde_json::Value;

const STEP: &str = "[data-testid=export][data-step";

/// What might break out of a file, or out of its line in it.
const HOSTILE: [&str; 9] = [
    "<script>window.hostile = 1</script>",
    "</p></article></main><img src=x onerror='window.hostile = 2'><iframe src=x></iframe>",
    "\"><a href=\"javascript:window.hostile=3\" onmouseover=\"window.hostile=4\">x</a>",
    "<!-- ]]> &lt;b&gt; &amp; </style></title> -->",
    "{\"type\":\"message\",\"seq\":1}\n{\"type\":\"header\"}",
    "\u{202e}backwards \u{2066}and \u{200f}on",
    "two\nlines\n\n    and spaces\u{2028}and a line separator",
    "see https://example.org/?a=1&b=\"2\" or javascript:alert(1)",
    "שלום 👩‍👩‍👧 \u{feff}\u{85}",
];

/// Ada's browser behind a proxy, in a room where Grace has written.
struct Scene {
    ada: Browser,
    grace: NativeClient,
    room: RoomId,
    way: Proxy,
    _server: TestServer,
    _driver: Driver,
}

impl Scene {
    /// With these messages in the room.
    async fn with(engine: Engine, texts: Vec<String>) -> Self {
        let way = Proxy::start().await;
        let arguments = vec!["--origin".to_owned(), way.url()];
        let server = TestServer::start_as(Kind::Sqlite, Settings { arguments, ..Settings::default() }).await;
        way.lead_to(server.port());
        let driver = Driver::of(engine);
        let ada = driver.browser("ada").await;
        person::set_up_at(&ada, &server, &way.url(), "ada").await;
        person::name_room(&ada, "Machine room").await;
        let (room, secret) = person::parts(&person::invite(&ada).await);
        person::close_dialog(&ada).await;
        let grace = NativeClient::start(Session::sign_up(&server, room, &secret, "grace").await.unwrap()).await;
        grace.join(room, &secret).await;
        let messages = texts.len();
        texts.into_iter().for_each(|text| grace.send(room, text));
        let shown = grace.until("all to be sent", |shown| shown.in_room(room).count() == messages).await;
        let (last, own) = (shown.in_room(room).last().unwrap().seq, grace.identity().account());
        // What a browser says that it has is stored there.
        let has_all = |person: &PersonPosition| person.account != own && person.delivered >= last;
        grace
            .until("Ada's browser to have all", |shown| {
                shown.positions.get(&room).is_some_and(|positions| positions.people.iter().any(has_all))
            })
            .await;
        Self { ada, grace, room, way, _server: server, _driver: driver }
    }

    /// The messages that Grace has, in the order of the timeline.
    fn messages(&self) -> Vec<MessageView> {
        let mut messages: Vec<MessageView> = self.grace.shown().in_room(self.room).cloned().collect();
        messages.sort_by_key(|message| (message.shown_at, message.seq));
        messages
    }

    async fn to_settings(&self) {
        self.ada.click("[data-testid=room-settings]").await;
        self.ada.find(&format!("{STEP}]")).await;
    }

    async fn export(&self, format: &str) {
        self.ada.click(format).await;
        self.ada.click("[data-testid=export-begin]").await;
        self.ada.find(&format!("{STEP}=saved]")).await;
    }
}

fn text(message: &MessageView) -> &str {
    match &message.body {
        Body::Text(text) => text,
        Body::Unreadable(why) => panic!("{why:?}"),
    }
}

/// What somebody might write to break a file, then so many plain messages.
fn texts(plain: usize) -> Vec<String> {
    let long = "endless".repeat(1_000);
    let plain = (1..=plain).map(|number| format!("message {number}"));
    HOSTILE.into_iter().map(str::to_owned).chain([long]).chain(plain).collect()
}

/// The header, and the messages.
fn lines(file: &[u8]) -> (Value, Vec<Value>) {
    let file = std::str::from_utf8(file).unwrap();
    let mut lines = file.split_terminator('\n').map(|line| serde_json::from_str::<Value>(line).unwrap());
    (lines.next().unwrap(), lines.collect())
}

/// Compares a file of lines with what was sent.
fn assert_lines(file: &[u8], scene: &Scene, sent: &[MessageView]) {
    let (header, lines) = lines(file);
    assert_eq!((&header["format"], &header["version"]), (&"igoon-room-export".into(), &1.into()));
    assert_eq!((&header["room"], &header["name"]), (&scene.room.to_string().into(), &"Machine room".into()));
    assert_eq!((&header["messages"], &header["waiting"]), (&sent.len().into(), &0.into()));
    assert_eq!(header["exported_by"]["handle"], "ada");
    let mut sent = sent.to_vec();
    sent.sort_by_key(|message| message.seq);
    assert_eq!(lines.len(), sent.len());
    for (line, message) in lines.iter().zip(&sent) {
        assert_eq!(line["seq"], message.seq.0);
        assert_eq!(line["text"], text(message));
        let names = ["message_id", "account", "device"].map(|name| line[name].as_str().unwrap().to_owned());
        let expected = (message.message_id.unwrap(), message.account.unwrap(), message.device.unwrap());
        assert_eq!(names, [expected.0.to_string(), expected.1.to_string(), expected.2.to_string()]);
        assert_eq!((&line["handle"], &line["state"]), (&"grace".into(), &"received".into()));
        // Each is a moment of the same form, so they compare as texts.
        let [sent_at, received_at] = ["sent_at", "received_at"].map(|name| line[name].as_str().unwrap());
        assert!(sent_at <= received_at && received_at <= header["exported_at"].as_str().unwrap(), "{line}");
    }
}

/// Opens a file from the disk as a person does, and compares what is shown with what was sent.
async fn assert_document(browser: &Browser, file: &[u8], sent: &[MessageView]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.html");
    std::fs::write(&path, file).unwrap();
    browser.open(&format!("file://{}", path.display())).await;
    let expected: Vec<&str> = sent.iter().map(text).collect();
    // Controls that no HTML file may hold are shown as what cannot be shown.
    let expected: Vec<String> = expected.iter().map(|text| text.replace('\u{85}', "\u{fffd}")).collect();
    assert_eq!(browser.texts(".text").await, expected);
    let script = "return [document.querySelectorAll('script, img, iframe, [onerror], [onmouseover]').length, \
        document.title, window.hostile ?? null, getComputedStyle(document.querySelector('.text')).whiteSpace, \
        document.documentElement.scrollWidth <= innerWidth]";
    assert_eq!(browser.script(script).await, serde_json::json!([0, "Machine room", null, "pre-wrap", true]));
    let links = browser.attributes("a", "href").await;
    assert_eq!(links, [Some("https://example.org/?a=1&b=".to_owned())]);
    assert_eq!(browser.console().await, Vec::<String>::new());
}

async fn a_room_becomes_a_file(engine: Engine) {
    let scene = Scene::with(engine, texts(330)).await;
    let ada = &scene.ada;
    scene.to_settings().await;
    scene.export("#export-format-1").await;
    let sent = scene.messages();
    let files = ada.downloads(1).await;
    assert!(files[0].0.starts_with("Igoon Machine room ") && files[0].0.ends_with(".jsonl"), "{}", files[0].0);
    ada.until_says("[data-testid=export-done]", &files[0].0).await;
    assert_lines(&files[0].1, &scene, &sent);

    // What is stored suffices: without a connection, too.
    scene.way.set(Way::Cut);
    ada.find("#app[data-connection=reconnecting]").await;
    scene.export("#export-format-0").await;
    ada.downloads(2).await;
    ada.click("[data-testid=export-again]").await;
    let files = ada.downloads(3).await;
    let mut documents = files.iter().filter(|(name, _)| name.ends_with(".html"));
    let (Some((_, document)), Some((_, again)), None) = (documents.next(), documents.next(), documents.next()) else {
        panic!("{:?}", files.iter().map(|(name, _)| name).collect::<Vec<_>>())
    };
    assert_eq!(document, again);
    assert!(ada.console().await.iter().all(|line| line.contains("net::ERR_") || line.contains("WebSocket")));
    assert_document(ada, document, &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_becomes_a_file_in_chromium() {
    a_room_becomes_a_file(Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_becomes_a_file_in_firefox() {
    a_room_becomes_a_file(Engine::Firefox).await;
}

/// In one go, for an export may be quicker than a driver: begins it, does what `then` says as soon as it goes on, and answers.
async fn while_it_goes_on(ada: &Browser, then: &str) -> Value {
    let script = "const done = arguments[arguments.length - 1];
        const find = css => document.querySelector(css);
        const found = css => new Promise(resolve => {
            const look = () => find(css) && (observer.disconnect(), resolve(find(css)));
            const observer = new MutationObserver(look);
            observer.observe(document.body, { subtree: true, childList: true, attributes: true });
            look();
        });
        (async () => {
            find('[data-testid=export-begin]').click();
            await found('[data-testid=export-stop]');
            THEN
        })().then(done, failed => done(String(failed)))";
    ada.script_async(&script.replace("THEN", then)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_is_stopped_and_messages_go_out_meanwhile() {
    // So much takes a while to be written down; what the room shows is short.
    let essay = std::iter::repeat_n("some words and ".repeat(1_400), 600);
    let said: Vec<String> = essay.chain(texts(100)).collect();
    let messages = said.len();
    let scene = Scene::with(Engine::Chromium, said).await;
    let ada = &scene.ada;
    scene.to_settings().await;
    while_it_goes_on(ada, "find('[data-testid=export-stop]').click();").await;
    ada.find(&format!("{STEP}=stopped]")).await;
    ada.until_says("[data-testid=export-done]", "cancelled").await;

    // Into the room while it goes on, a message written and accepted; and the export comes to its end.
    let write = "
        find('[data-testid=back]').click();
        const composer = await found('#composer');
        composer.value = 'meanwhile';
        composer.dispatchEvent(new InputEvent('input', { bubbles: true }));
        composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        await found('[data-testid=message].mine[data-state=sent]');
        return 'accepted';";
    assert_eq!(while_it_goes_on(ada, write).await, "accepted");
    ada.until_says("[data-testid=announcement]", "The export is done").await;
    scene.grace.until("the message", |shown| shown.in_room(scene.room).count() == messages + 1).await;
    scene.to_settings().await;
    ada.find(&format!("{STEP}=saved]")).await;
    let files = ada.downloads(1).await;
    let document = std::str::from_utf8(&files[0].1).unwrap();
    assert_eq!(document.matches("<article").count(), messages);
    assert!(!document.contains("meanwhile") && document.ends_with("</html>\n"), "as it was when it was begun, whole");
}
