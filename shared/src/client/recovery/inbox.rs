//! The requests of a room as the service shows them to this device. What counts of one is what its computer signed: others are
//! left out. They are fetched anew whenever the service says that there is news, and with each connection.

use crate::{
    client::{
        Refusal,
        context::{Backoff, Context, Purpose},
        io::Method,
    },
    crypto::{bundle::Bundle, safety::approval_digits},
    ids::{AccountId, DeviceId, RoomId},
    protocol::{
        http::{RecoveryRequestInfo, RecoveryRequests},
        names,
    },
    sorted::SortedMap,
    time::Timestamp,
};

/// So many are looked at: a service that shows more shows what nobody asked for.
const MOST: usize = 256;

/// See the module.
#[derive(Debug, Default)]
pub(in crate::client) struct Inbox {
    requests: Vec<Request>,
    /// 24 digits of the keys of those who asked, once shown: they take a while.
    digits: SortedMap<DeviceId, String>,
    wanted: bool,
    under_way: bool,
    backoff: Backoff,
}

/// A request that its computer signed.
#[derive(Debug)]
pub(in crate::client) struct Request {
    pub(in crate::client) bundle: Bundle,
    /// As it came.
    pub(in crate::client) info: RecoveryRequestInfo,
}

impl Request {
    /// Whether it is of this room, by the device whose keys came with it, under the name that came with it.
    fn read(room: RoomId, info: RecoveryRequestInfo) -> Option<Self> {
        let bundle = Bundle::verify(&info.bundle).ok()?;
        let request = info.request.verify(room, &bundle).ok()?;
        let named = info.name.hash() == Some(request.device_name) && names::is_name(&info.name.name);
        named.then_some(Self { bundle, info })
    }

    pub(in crate::client) const fn account(&self) -> AccountId {
        self.bundle.account()
    }

    pub(in crate::client) const fn device(&self) -> DeviceId {
        self.bundle.device()
    }
}

impl Inbox {
    /// There is, or may be, something new.
    pub(in crate::client) const fn want(&mut self) {
        self.wanted = true;
    }

    pub(in crate::client) fn disconnected(&mut self) {
        self.backoff.succeeded();
    }

    pub(in crate::client) fn step(&mut self, room: RoomId, context: &mut Context<'_>) {
        if self.wanted && !self.under_way && context.online && self.backoff.is_due(context.now) {
            (self.wanted, self.under_way) = (false, true);
            let path = format!("/rooms/{room}/recovery-requests");
            context.request(Purpose::RecoveryRequests(room), Method::Get, &path, None);
        }
    }

    /// The service has shown them, or not.
    pub(in crate::client) fn answered(
        &mut self,
        room: RoomId,
        answer: Result<RecoveryRequests, Refusal>,
        now: Timestamp,
    ) {
        self.under_way = false;
        match answer {
            Ok(shown) => {
                self.backoff.succeeded();
                let shown = shown.requests.into_iter().take(MOST);
                self.requests.clear();
                for request in shown.filter_map(|info| Request::read(room, info)) {
                    // A computer has one request, whatever the service shows.
                    if self.of(request.device()).is_none() {
                        self.requests.push(request);
                    }
                }
                self.digits.retain(|device, _| self.requests.iter().any(|request| request.device() == *device));
            }
            Err(refusal) if refusal.is_passing() => {
                self.wanted = true;
                self.backoff.failed(now, refusal.retry_after_ms);
            }
            // The account is no member any more.
            Err(_) => self.requests.clear(),
        }
    }

    pub(in crate::client) fn deadline(&self) -> Option<Timestamp> {
        self.backoff.deadline().filter(|_| self.wanted && !self.under_way)
    }

    /// Those that have not run out, the oldest first.
    pub(in crate::client) fn open(&self, now: Timestamp) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(move |request| request.info.expires_at > now)
    }

    pub(in crate::client) fn of(&self, device: DeviceId) -> Option<&Request> {
        self.requests.iter().find(|request| request.device() == device)
    }

    /// Works out the digits that are not known yet.
    pub(in crate::client) fn work_out_digits(&mut self) {
        for request in &self.requests {
            self.digits.entry(request.device()).or_insert_with(|| approval_digits(&request.bundle));
        }
    }

    /// 24 digits of a computer's keys; empty before they were worked out.
    pub(in crate::client) fn digits(&self, device: DeviceId) -> &str {
        self.digits.get(&device).map_or("", String::as_str)
    }
}
