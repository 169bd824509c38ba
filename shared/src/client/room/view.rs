//! A room as it is shown.

use super::{CatchUp, Room, Stream, lives::places_between};
use crate::{
    client::{
        comparing::Marks,
        context::Context,
        entries::{EntryView, computers_in},
        identity::Identity,
        io::{
            Approval, Body, Deed, LogNames, LogView, LogWish, MemberView, MessageView, Progress, RoomView, Standing,
            Unreadable,
        },
        members::{DeviceView, PeopleView, PersonView, Rights},
        stored::StoredMessage,
    },
    ids::{AccountId, DeviceId, Epoch, NameHash, Seq},
    log::{Role, RoomState},
    sorted::{SortedMap, SortedSet},
};

impl Room {
    fn standing(&self, me: DeviceId) -> Standing {
        if let Some(alarm) = self.alarm {
            return Standing::Alarm(alarm);
        }
        if let Some(ending) = self.ended.filter(|_| self.is_over()) {
            return Standing::Ended(ending);
        }
        let entitled = self.log.as_ref().is_some_and(|log| log.is_entitled(me));
        match self.stream {
            // Its own log says that it is in the room, and the log as the service shows it says nothing else.
            _ if self.refused_by_service && entitled && self.glimpse.is_idle() => Standing::Withheld,
            _ if self.refused_by_service && entitled => Standing::CatchingUp,
            _ if self.refused_by_service => Standing::NotApproved,
            Stream::Live if entitled && self.brings_back() => Standing::CatchingUp,
            Stream::Live if entitled => Standing::Ready,
            Stream::Live => Standing::NotApproved,
            _ => Standing::CatchingUp,
        }
    }

    /// Nobody has approved this device here.
    pub(in crate::client) fn is_not_approved(&self, me: DeviceId) -> bool {
        self.standing(me) == Standing::NotApproved
    }

    /// The same, and the service said so on this connection: a moment ago it may have been otherwise.
    pub(in crate::client) fn was_refused_for_approval(&self, me: DeviceId) -> bool {
        self.is_not_approved(me) && self.stream == Stream::Wanted
    }

    /// A message as it is shown.
    pub(super) fn shown_message(&self, seq: Seq, message: &StoredMessage) -> MessageView {
        self.completed(message.view(self.id, seq))
    }

    /// A message's view, with what the room knows beside it.
    pub(in crate::client) fn completed(&self, view: MessageView) -> MessageView {
        let handle = view.account.and_then(|account| self.handle(account)).map(ToOwned::to_owned);
        let body = match view.body {
            Body::Unreadable(Unreadable::NoKey(epoch)) if self.is_before_joining(epoch) => {
                Body::Unreadable(Unreadable::BeforeJoining(epoch))
            }
            body => body,
        };
        MessageView { handle, body, ..view }
    }

    fn is_before_joining(&self, epoch: Epoch) -> bool {
        let member = self.log.as_ref().and_then(|log| log.member(self.me.account));
        member.is_some_and(|member| epoch < member.reads_from)
    }

    /// The room's people and what may be done to them.
    pub(in crate::client) fn people_view(&self, identity: &Identity) -> Option<PeopleView> {
        let log = self.log.as_ref()?;
        let rights = Rights::of(identity, log);
        let mut devices = SortedMap::<AccountId, Vec<DeviceView>>::new();
        for (id, device) in log.entitled_devices() {
            devices.entry(device.bundle.account()).or_default().push(DeviceView {
                device: *id,
                name: self.names.get(&device.name).cloned(),
                this: *id == self.me.device,
                revoke: rights.revoke(*id),
            });
        }
        let people = log.members().map(|(account, member)| PersonView {
            account: *account,
            handle: self.names.get(&member.handle).cloned(),
            role: member.role,
            remove: rights.remove(*account),
            roles: [Role::Member, Role::Admin, Role::Owner].map(|role| (role, rights.set_role(*account, role))).into(),
            pass_ownership: rights.pass_ownership(*account),
            devices: devices.remove(account).unwrap_or_default(),
        });
        let (leave, set_history) = (rights.leave(), rights.set_history());
        Some(PeopleView { room: self.id, leave, set_history, people: people.collect() })
    }

    /// The entries of the log, oldest first: those that the stream brought, and those that were only shown.
    fn all_entries(&self) -> impl DoubleEndedIterator<Item = &EntryView> {
        self.entries.iter().chain(self.glimpse.entries())
    }

    /// How a computer was let in last on the word of another.
    pub(in crate::client) fn approval_of(&self, device: DeviceId) -> Option<Approval> {
        let of_device = |entry: &&EntryView| {
            let said = matches!(entry.deed, Deed::ComputerApproved { computer: Some(computer), .. } if computer.device == device);
            said && entry.ignored.is_none()
        };
        let entry = self.all_entries().rev().find(of_device)?;
        let Deed::ComputerApproved { by, .. } = entry.deed else { return None };
        let name = by.and_then(|by| self.names.get(&self.known_log()?.device(by)?.name));
        Some(Approval { at: entry.at, by: name.cloned() })
    }

    /// A part of the log in words for people, with what those in it are called.
    pub(in crate::client) fn log_view(&self, wish: LogWish) -> LogView {
        let (entries, older) = wish.choose(self.all_entries());
        let members = self.glimpse.log().into_iter().flat_map(RoomState::members).map(|(account, _)| *account);
        let names = self.names_in(&entries, self.handles.keys().copied().chain(members));
        LogView { room: self.id, wish, entries, older, names }
    }

    /// What these people are called, and what else is in these entries.
    pub(super) fn names_in(&self, entries: &[EntryView], people: impl Iterator<Item = AccountId>) -> LogNames {
        let log = self.glimpse.log().or(self.log.as_ref());
        let name = |hash: NameHash| self.names.get(&hash).cloned();
        let handle = |account| {
            let now = log.and_then(|log| log.member(account)).map(|member| member.handle);
            name(now.or_else(|| self.handles.get(&account).copied())?)
        };
        let computer = |device| {
            let waiting =
                || log?.recoveries().find(|(_, one)| one.bundle.device() == device).map(|(_, one)| one.device_name);
            name(log?.device(device).map(|known| known.name).or_else(waiting)?)
        };
        let given = entries.iter().filter_map(|entry| entry.deed.given());
        LogNames {
            people: people.filter_map(|account| Some((account, handle(account)?))).collect(),
            computers: computers_in(entries)
                .into_iter()
                .filter_map(|device| Some((device, computer(device)?)))
                .collect(),
            given: given.filter_map(|hash| Some((hash, name(hash)?))).collect(),
        }
    }

    /// Whose computers are here after a wait that this one did not see, and were not compared since.
    fn unseen_waits(&self, log: &RoomState, marks: &Marks) -> impl Iterator<Item = AccountId> {
        let unseen = log.recoveries().filter_map(move |(entry, recovery)| self.waits.unseen(*entry, recovery, self.me));
        unseen.filter(move |wait| log.is_entitled(wait.device) && !marks.has(wait.device)).map(|wait| wait.account)
    }

    pub(super) fn view(&self, context: &Context<'_>) -> RoomView {
        let log = self.known_log();
        let me = log.and_then(|log| log.member(context.identity.account()));
        let may_act = self.log.as_ref().is_some_and(|log| log.is_entitled(context.identity.device()));
        // Counted once: a room may have a thousand members.
        let mut devices = SortedMap::<AccountId, usize>::new();
        for (_, device) in log.into_iter().flat_map(RoomState::entitled_devices) {
            *devices.entry(device.bundle.account()).or_default() += 1;
        }
        let compared = log.map(|log| context.marks.compared(log)).unwrap_or_default();
        let mut behind = SortedMap::<AccountId, usize>::new();
        let account = |device| log?.device(device).map(|device| device.bundle.account());
        for account in log.into_iter().flat_map(|log| self.sharing.behind(log)).filter_map(account) {
            *behind.entry(account).or_default() += 1;
        }
        let unseen: SortedSet<_> = self.log.iter().flat_map(|log| self.unseen_waits(log, context.marks)).collect();
        let members = log.into_iter().flat_map(|log| {
            log.members().map(|(account, member)| MemberView {
                account: *account,
                handle: self.names.get(&member.handle).cloned(),
                role: member.role,
                devices: devices.get(account).copied().unwrap_or_default(),
                compared: compared.get(account).copied().unwrap_or_default(),
                behind: behind.get(account).copied().unwrap_or_default(),
                unseen_wait: unseen.contains(account),
                me: *account == context.identity.account(),
            })
        });
        let epoch = log.map_or(Epoch(0), RoomState::current_epoch);
        RoomView {
            room: self.id,
            name: self.name().map(ToOwned::to_owned),
            standing: self.standing(context.identity.device()),
            history: log.map(RoomState::history),
            members: members.collect(),
            role: me.map(|me| me.role),
            recovery: log.map(RoomState::recovery_mode),
            recovery_wanted: self.recovery_wanted(context.now),
            key_due: log.and_then(RoomState::rotation_due),
            ended_by: self.ended.and_then(|ending| self.handle(ending.by)).map(ToOwned::to_owned),
            may_invite: may_act && log.zip(me).is_some_and(|(log, me)| log.may_invite(me.role)),
            member_invites: log.is_some_and(RoomState::member_invites),
            invites: log.map(|log| self.invites.views(log, may_act, context)).unwrap_or_default(),
            log_length: self.all_entries().count(),
            log_version: self.log_version,
            epoch,
            has_key: log.is_some_and(|log| self.keyring.get(epoch, log).is_some()),
            unread: self.places.unread(self.read_anywhere(context)),
            last_activity: self.last_activity,
            lost: self.lives.lost().to_vec(),
            own_change_missing: self.misses_own_entry(context.now),
            log_rests_until: self.log_rests_until(context.now),
            catching_up: self.catching_up.map(|CatchUp { from, head }| {
                let of = places_between(from, head, self.cursor.incarnation);
                Progress { done: of.saturating_sub(self.behind()), of }
            }),
        }
    }
}
