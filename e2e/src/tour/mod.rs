//! Every page that people can come to, in a state of real life: rooms with a conversation (`talk`), people who
//! are there or away, forms with something wrong in them, no connection.

mod recovery;
mod talk;

use igoon_shared::ids::RoomId;

use crate::{
    account::{PASSWORD, Session, address},
    browser::{Browser, Driver, VIEWS, View},
    database::Kind,
    native::NativeClient,
    person,
    proxy::{Proxy, Way},
    server::{Settings, TestServer},
};

/// A page on a screen.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// Which page, as a file's name may say it; pages are numbered in the order of the tour.
    pub page: &'static str,
    /// The screen.
    pub view: View,
}

/// Goes everywhere and has each page looked at on each of [`VIEWS`].
pub async fn everywhere(look: impl AsyncFnMut(&Browser, Stop)) {
    let mut tour = Tour { look };
    let proxy = Proxy::start().await;
    let arguments = ["--origin", &proxy.url(), "--contact", "igoon@example.org"];
    let arguments = arguments.map(str::to_owned).to_vec();
    let mut server = TestServer::start_as(Kind::Sqlite, Settings { arguments, ..Settings::default() }).await;
    proxy.lead_to(server.port());
    let driver = Driver::start().await;

    let ada = driver.browser("ada").await;
    tour.setting_up(&ada, &server, &proxy.url()).await;
    let company = talk::begin(&ada, &mut server).await;
    ada.open(&format!("{}/room/{}", proxy.url(), company.room)).await;
    tour.in_a_room(&ada, &proxy).await;
    tour.around(&ada, &proxy.url(), company.room).await;
    tour.exported(&ada, &proxy.url(), company.room).await;
    tour.approving(&driver, &ada, &server, &proxy.url()).await;
    tour.coming_in(&driver, &server, &proxy.url(), &company).await;
    tour.recovering(&driver, &ada, &server, &proxy.url(), company.room).await;
    tour.amiss(&driver, &ada, &server, &proxy, company.room).await;
    tour.leaving(&driver, &server, &proxy.url(), &company).await;
    tour.out_of_reach(&driver, &proxy).await;
}

struct Tour<F> {
    look: F,
}

impl<F: AsyncFnMut(&Browser, Stop)> Tour<F> {
    async fn stop(&mut self, browser: &Browser, page: &'static str) {
        for view in VIEWS {
            browser.look(view).await;
            (self.look)(browser, Stop { page, view }).await;
        }
        let [desk, ..] = VIEWS;
        browser.look(desk).await;
    }

    /// A dialog, and its end.
    async fn dialog(&mut self, browser: &Browser, opener: &str, page: &'static str) {
        browser.click(opener).await;
        browser.find("dialog").await;
        self.stop(browser, page).await;
        person::close_dialog(browser).await;
    }

    /// From the set-up code to an empty room.
    async fn setting_up(&mut self, ada: &Browser, server: &TestServer, url: &str) {
        ada.open(url).await;
        ada.find("#setup-code").await;
        self.stop(ada, "set-up").await;
        person::enter_setup_code(ada, server).await;
        ada.find("#email").await;
        self.stop(ada, "set-up-account").await;
        ada.fill("#email", &address("ada")).await;
        ada.fill("#handle", "ada").await;
        ada.fill("#password", "short").await;
        ada.click("[data-testid=submit]").await;
        ada.find("[data-testid=problem]").await;
        self.stop(ada, "set-up-problem").await;
        ada.refill("#password", PASSWORD).await;
        ada.click("[data-testid=submit]").await;
        ada.find("#code").await;
        self.stop(ada, "code").await;
        ada.refill("#code", "00000000").await;
        ada.find("[data-testid=problem]").await;
        self.stop(ada, "code-problem").await;
        person::enter_mailed_code(ada, server, "ada").await;
        ada.find("#room-name").await;
        self.stop(ada, "name-room").await;
        ada.fill("#room-name", "Allotment 17").await;
        ada.click("[data-testid=submit]").await;
        ada.find("[data-testid=to-room]").await;
        self.stop(ada, "first-invite").await;
        ada.click("[data-testid=to-room]").await;
        ada.find("#composer").await;
        self.stop(ada, "room-empty").await;
    }

    async fn in_a_room(&mut self, ada: &Browser, proxy: &Proxy) {
        talk::join_in(ada).await;
        self.stop(ada, "room").await;
        proxy.set(Way::Cut);
        ada.find("#app[data-connection=reconnecting]").await;
        person::say(ada, "I will bring the big pot.").await;
        ada.find("[data-testid=message][data-state=waiting]").await;
        self.stop(ada, "room-offline").await;
        proxy.set(Way::Open);
        ada.find("#app[data-connection=online]").await;
        ada.until_none("[data-testid=message][data-state=waiting]").await;
        self.dialog(ada, "[data-testid=receipt]", "receipt").await;
        self.dialog(ada, "[data-testid=invite]", "invites").await;
        ada.click("[data-testid=people]").await;
        ada.find("[data-testid=person]").await;
        self.stop(ada, "people").await;
    }

    /// The pages around a room.
    async fn around(&mut self, ada: &Browser, url: &str, room: RoomId) {
        let settings = format!("/room/{room}/settings");
        let log = format!("/room/{room}/log");
        let unknown = format!("/room/{}", "A".repeat(43));
        for (path, page, there) in [
            ("/rooms", "rooms", "[data-testid=room]"),
            ("/new-room", "new-room", "#room-name"),
            (settings.as_str(), "room-settings", "[data-testid=leave], [data-testid=cannot-leave]"),
            (log.as_str(), "room-log", "[data-testid=log-entry]"),
            ("/account", "account", "[data-testid=session]"),
            ("/settings", "settings", "#stored-title"),
            ("/privacy", "privacy", "[data-testid=contact]"),
            ("/admin", "admin", "[data-testid=actor]"),
            ("/components", "components", "#app[data-page=components]"),
            (unknown.as_str(), "room-not-found", "#app[data-page=not-found]"),
            ("/nowhere", "not-found", "#app[data-page=not-found]"),
            ("/join/cut-short", "bad-link", "#app[data-page=bad-link]"),
        ] {
            ada.open(&format!("{url}{path}")).await;
            ada.find(there).await;
            self.stop(ada, page).await;
        }
        ada.open(&format!("{url}{settings}")).await;
        // Opened on each screen: what opened on another one may be anywhere.
        for view in VIEWS {
            ada.look(view).await;
            ada.click(".people li:nth-child(2) .menu summary").await;
            ada.find(".people li:nth-child(2) [data-testid=remove]").await;
            (self.look)(ada, Stop { page: "member-menu", view }).await;
            ada.click(".people li:nth-child(2) .menu summary").await;
        }
        let [desk, ..] = VIEWS;
        ada.look(desk).await;
        ada.click(".people li:nth-child(2) .menu summary").await;
        ada.click(".people li:nth-child(2) [data-testid=remove]").await;
        ada.find("[data-testid=deed-follows]").await;
        self.stop(ada, "remove-member").await;
        ada.click("[data-testid=deed-not]").await;
        ada.click(".people li:nth-child(2) .menu summary").await;
        ada.click(".people li:nth-child(2) [data-testid=compare]").await;
        ada.find("[data-testid=comparison]").await;
        self.stop(ada, "compare").await;
        ada.click("[data-testid=mark-verified]").await;
        ada.find("[data-testid=comparison][data-compared=wholly]").await;
        person::close_dialog(ada).await;
    }

    /// A room's settings once a file was made of the room.
    async fn exported(&mut self, ada: &Browser, url: &str, room: RoomId) {
        ada.open(&format!("{url}/room/{room}/settings")).await;
        ada.click("[data-testid=export-begin]").await;
        ada.find("[data-testid=export][data-step=saved]").await;
        ada.find("[data-testid=export-again]").await;
        self.stop(ada, "room-exported").await;
    }

    /// What newcomers and people at another computer see.
    async fn coming_in(&mut self, driver: &Driver, server: &TestServer, url: &str, company: &talk::Company) {
        let visitor = driver.browser("visitor").await;
        visitor.open(&company.link).await;
        visitor.find("#handle").await;
        self.stop(&visitor, "sign-up").await;
        visitor.open(url).await;
        visitor.until_page("sign-in").await;
        self.stop(&visitor, "sign-in").await;
        visitor.click("[data-testid=forgot]").await;
        visitor.until_none("#password").await;
        self.stop(&visitor, "forgotten-password").await;
        person::sign_in_at(&visitor, url, "grace").await;
        person::enter_mailed_code(&visitor, server, "grace").await;
        visitor.find("[data-testid=not-approved]").await;
        self.stop(&visitor, "not-approved").await;
        visitor.open(&company.other_link).await;
        visitor.until_page("join").await;
        self.stop(&visitor, "join").await;
    }

    /// What is in the way of people.
    async fn amiss(&mut self, driver: &Driver, ada: &Browser, server: &TestServer, proxy: &Proxy, room: RoomId) {
        let url = proxy.url();
        ada.open(&url).await;
        ada.find("#composer").await;
        let first = ada.tab().await;
        ada.new_tab().await;
        ada.open(&url).await;
        ada.until_page("elsewhere").await;
        self.stop(ada, "elsewhere").await;
        ada.close_tab(first).await;

        // As the last message of somebody is refused who is removed in the same moment.
        let entitle = |entitled: u8| server.change(&format!("UPDATE room_devices SET entitled = {entitled}"));
        ada.open(&format!("{url}/room/{room}")).await;
        ada.find("#app[data-connection=online]").await;
        ada.find("[data-testid=receipt]").await;
        assert!(entitle(0) > 0);
        person::say(ada, "Has anybody seen the long ladder?").await;
        ada.find("[data-testid=message][data-state=failed]").await;
        self.stop(ada, "room-failed").await;
        assert!(entitle(1) > 0);

        ada.damage(&url, "records", ("room/", "/cursor")).await;
        ada.open(&url).await;
        ada.until_page("stopped").await;
        self.stop(ada, "stopped").await;
        ada.click("[data-testid=fetch-anew]").await;
        ada.find("#composer").await;

        ada.click("[data-testid=account]").await;
        ada.click("[data-testid=sign-out]").await;
        ada.until_page("sign-in").await;
        person::sign_in_at(ada, &url, "grace").await;
        person::enter_mailed_code(ada, server, "grace").await;
        ada.until_page("other-account").await;
        self.stop(ada, "other-account").await;
        ada.clear_storage(&url).await;
        ada.open(&url).await;
        ada.until_page("keys-lost").await;
        self.stop(ada, "keys-lost").await;

        let far = driver.browser_with("far", &["--host-resolver-rules=MAP chat.example 127.0.0.1"]).await;
        far.open(&server.url().replace("127.0.0.1", "chat.example")).await;
        far.until_page("insecure").await;
        self.stop(&far, "insecure").await;
    }

    /// Somebody comes into the room and goes again.
    async fn leaving(&mut self, driver: &Driver, server: &TestServer, url: &str, company: &talk::Company) {
        let linus = driver.browser("linus").await;
        person::join(&linus, server, &company.link, "linus").await;
        linus.open(&format!("{url}/room/{}/settings", company.room)).await;
        linus.click("[data-testid=leave]").await;
        linus.find("[data-testid=deed-follows]").await;
        self.stop(&linus, "leave-room").await;
        linus.click("[data-testid=deed-now]").await;
        linus.find("[data-testid=over]").await;
        linus.click("[data-testid=back]").await;
        linus.find("[data-testid=ended]").await;
        self.stop(&linus, "room-ended").await;
    }

    /// Another computer of somebody asks to be approved.
    async fn approving(&mut self, driver: &Driver, ada: &Browser, server: &TestServer, url: &str) {
        let second = driver.browser("second").await;
        person::sign_in_at(&second, url, "ada").await;
        person::enter_mailed_code(&second, server, "ada").await;
        ada.find("dialog [data-testid=approval]").await;
        self.stop(ada, "approval").await;
        ada.click("[data-testid=refuse]").await;
        ada.find("[data-testid=approval-done]").await;
        self.stop(ada, "approval-refused").await;
        ada.click("[data-testid=approval-close]").await;
        second.until_page("sign-in").await;
        self.stop(&second, "refused-here").await;
    }

    /// A page that is kept here, without its server.
    async fn out_of_reach(&mut self, driver: &Driver, proxy: &Proxy) {
        let url = proxy.url();
        let visitor = driver.browser("early").await;
        visitor.open(&url).await;
        visitor.until_page("sign-in").await;
        visitor.until_kept().await;
        proxy.set(Way::Cut);
        visitor.open(&url).await;
        visitor.until_page("unreachable").await;
        self.stop(&visitor, "unreachable").await;
    }
}

/// Somebody who joins by this link.
async fn newcomer(server: &TestServer, link: &str, handle: &str) -> NativeClient {
    let (room, secret) = person::parts(link);
    let client = NativeClient::start(Session::sign_up(server, room, &secret, handle).await.unwrap()).await;
    client.join(room, &secret).await;
    client
}
