//! Whoever lost every computer: what is chosen for that, asking, answering, the code on paper.

use igoon_shared::ids::RoomId;

use super::{Stop, Tour};
use crate::{
    account::PASSWORD,
    browser::{Browser, Driver},
    person,
    server::TestServer,
};

impl<F: AsyncFnMut(&Browser, Stop)> Tour<F> {
    pub(super) async fn recovering(
        &mut self,
        driver: &Driver,
        ada: &Browser,
        server: &TestServer,
        url: &str,
        room: RoomId,
    ) {
        let (settings, recovery) = (format!("{url}/room/{room}/settings"), format!("{url}/room/{room}/recovery"));
        ada.open(&settings).await;
        ada.click("[data-testid=change-recovery]").await;
        ada.click("#recovery-1").await;
        ada.click("[data-testid=recovery-options]").await;
        ada.click("#recovery-delay-1").await;
        ada.click("#recovery-announce").await;
        self.stop(ada, "recovery-choice").await;
        ada.click("[data-testid=set-recovery]").await;
        ada.find("[data-testid=deed-follows]").await;
        self.stop(ada, "recovery-change").await;
        ada.click("[data-testid=deed-now]").await;
        ada.until_none("[data-testid=set-recovery]").await;
        ada.open(&recovery).await;
        ada.find("[data-testid=asks-none]").await;
        self.stop(ada, "recovery-nobody-asks").await;

        let grace = driver.browser("grace").await;
        person::sign_in_at(&grace, url, "grace").await;
        person::enter_mailed_code(&grace, server, "grace").await;
        grace.open(&format!("{url}/room/{room}")).await;
        grace.click("[data-testid=rescue-ask]").await;
        grace.find("[data-testid=rescue][data-progress=asked]").await;
        self.stop(&grace, "rescue-asked").await;
        ada.find("[data-testid=ask] [data-testid=approval-digits]").await;
        self.stop(ada, "recovery-asks").await;
        ada.open(&format!("{url}/room/{room}")).await;
        ada.find("[data-testid=asks-mark]").await;
        self.stop(ada, "room-asked").await;
        ada.open(&recovery).await;
        ada.fill("[data-testid=ask] input[type=password]", PASSWORD).await;
        ada.click("[data-testid=ask] .cards label:first-child").await;
        ada.click("[data-testid=ask] [data-testid=submit]").await;
        grace.find("[data-testid=rescue][data-progress=waiting]").await;
        self.stop(&grace, "rescue-waiting").await;
        ada.find("[data-testid=waits]").await;
        self.stop(ada, "recovery-waits").await;
        ada.click("[data-testid=veto]").await;
        ada.find("[data-testid=deed-follows]").await;
        self.stop(ada, "recovery-object").await;
        ada.click("[data-testid=deed-now]").await;
        grace.find("[data-testid=rescue][data-progress=over]").await;
        self.stop(&grace, "rescue-over").await;

        ada.open(&settings).await;
        ada.click("[data-testid=change-recovery]").await;
        ada.click("#recovery-2").await;
        ada.click("[data-testid=set-recovery]").await;
        ada.click("[data-testid=deed-now]").await;
        ada.until_page("kit").await;
        ada.click("[data-testid=kit-save]").await;
        ada.find("[data-testid=kit-saved]").await;
        self.stop(ada, "kit").await;
        person::note_kit(ada).await;
    }
}
