//! A room's messages: a window onto what this computer stores of them, oldest first.
//!
//! - `keeper`: what is read stays where it is; `keys`: the keyboard; `parts`: days and what else stands between messages;
//!   `line`: what the log says there.
//! - The decisions are pure and tested natively: [`crate::state::window`], [`crate::state::place`],
//!   [`crate::state::visit`], [`crate::state::timeline`], [`crate::state::lines`].
//!
//! While somebody scrolls nothing is rendered: an event looks at a handful of rows, and asks for the next portion in time. Rows
//! stand in stretches of some dozens; the browser lays those out that are near what is seen, and Yew looks at those that changed.

mod keeper;
mod keys;
mod line;
mod parts;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use igoon_shared::{
    client::io::{Standing, Unread},
    ids::{AccountId, Seq},
};
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

pub(in crate::components) use self::keeper::ROW;
pub use self::keys::enter;
use self::{
    keeper::{Keeper, Target},
    keys::Wish,
    parts::{Beginning, Coming, DayRows, Talk},
};
use super::{
    icon::{Drawing, Icon},
    language::use_language,
    listen::{Source, is_visible, use_listener},
    receipt::ReceiptDialog,
};
use crate::{
    messages::{HistoryWish, Profile, RoomWish, ToWorker},
    state::{
        RoomData, calendar,
        reading::Area,
        timeline::{Day, Reader, timeline},
        visit::{Moment, Visit},
    },
    texts::t,
};

/// What stays in view so long, in milliseconds, is seen.
const SEEN_MS: u32 = 250;

/// See [`TimelineView`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct TimelineProps {
    /// The room.
    pub room: Rc<RoomData>,
    /// Who looks at it.
    pub profile: Profile,
    /// To the worker.
    pub worker: Callback<ToWorker>,
    /// Makes an invite.
    pub invite: Option<Callback<MouseEvent>>,
    /// Compares safety numbers with somebody.
    pub compare: Callback<AccountId>,
}

/// What callbacks need of the last render.
#[derive(Default)]
struct Latest {
    room: Option<Rc<RoomData>>,
    /// See [`crate::state::timeline::Timeline::seen`].
    seen: Vec<Option<Seq>>,
    /// What was asked for, and the edges of the window then, and the newest that was known of: not asked for twice.
    asked: Option<(HistoryWish, [Option<Seq>; 2], Seq)>,
    /// Up to here the worker was told.
    read: Option<Seq>,
    looking: Option<Timeout>,
}

/// The timeline's own state, apart from Yew's: nothing of it is rendered.
struct Desk {
    keeper: Keeper,
    latest: RefCell<Latest>,
    visit: RefCell<Visit>,
    begun: Cell<bool>,
    /// The button to the end was pressed: the focus goes along.
    jumped: Cell<bool>,
    worker: Callback<ToWorker>,
    /// The reader is away from the end: rendered, as a button.
    far: UseStateSetter<bool>,
}

impl Desk {
    /// The reader's place or what is around it changed.
    fn moved(self: &Rc<Self>, area: Option<Area>) {
        let (Some(area), Some(room)) = (area, self.latest.borrow().room.clone()) else { return };
        self.far.set(room.window().is_loaded() && !self.keeper.is_at_end());
        if let Some(wish) = self.wish(&room, area) {
            self.ask(&room, wish);
        }
        self.look_soon();
    }

    /// What of the stream the reader needs and is not here.
    fn wish(&self, room: &RoomData, area: Area) -> Option<HistoryWish> {
        let window = room.window();
        let follows = self.keeper.is_at_end();
        match self.keeper.target() {
            Some(Target::New) => window.opening(self.visit.borrow().first_new()),
            Some(Target::End) => window.opening(None),
            None => {
                // While messages are still coming, the end runs away: only a room that shows nothing yet asks all the same.
                let anew = window.following().filter(|_| follows && (is_ready(room) || window.count() == 0));
                anew.or_else(|| window.growing(area.is_near_start(), area.is_near_end() && !follows))
            }
        }
    }

    fn ask(&self, room: &RoomData, wish: HistoryWish) {
        let window = room.window();
        let asked = Some((wish, [window.first(), window.last()], window.newest()));
        let mut latest = self.latest.borrow_mut();
        if latest.asked != asked {
            latest.asked = asked;
            self.worker.emit(ToWorker::History { room: room.view().room, wish });
        }
    }

    fn look_soon(self: &Rc<Self>) {
        let desk = Rc::downgrade(self);
        self.latest.borrow_mut().looking.get_or_insert_with(|| {
            Timeout::new(SEEN_MS, move || {
                if let Some(desk) = desk.upgrade() {
                    desk.look();
                }
            })
        });
    }

    /// What is in view now was seen, if somebody can see the page.
    fn look(&self) {
        let mut latest = self.latest.borrow_mut();
        latest.looking = None;
        let Some(room) = latest.room.clone() else { return };
        // While messages are still coming, the reader is not taken to the first new one yet; who is on the way there sees others.
        if !is_visible() || !is_ready(&room) || self.keeper.target().is_some() {
            return;
        }
        let seen = self.keeper.last_seen().and_then(|row| latest.seen.get(row).copied().flatten());
        if let Some(seq) = seen.filter(|seq| Some(*seq) > latest.read) {
            latest.read = Some(seq);
            self.worker.emit(ToWorker::Read { room: room.view().room, seq });
        }
    }

    fn to_end(self: &Rc<Self>) {
        let Some(room) = self.latest.borrow().room.clone() else { return };
        self.keeper.head_for(Target::End);
        self.settle(&room);
    }

    /// After each render, and whenever something changed its size.
    fn settle(self: &Rc<Self>, room: &RoomData) {
        let window = room.window();
        let has_new = self.visit.borrow().first_new().is_none_or(|new| window.reaches(new));
        let area = self.keeper.keep(window.is_loaded(), has_new, window.is_to_end());
        keys::rove(&self.keeper);
        self.moved(area);
        if self.keeper.is_at_end() && window.is_to_end() && self.jumped.take() {
            keys::enter();
        }
    }

    /// Takes how the room stands now, before it is rendered.
    fn visit(&self, room: &RoomData) -> Option<Seq> {
        let mut visit = self.visit.borrow_mut();
        let begun = self.begun.replace(true);
        let taken = visit.look(Moment {
            ready: is_ready(room),
            unread: room.view().unread.first,
            visible: is_visible(),
            at_end: !begun || self.keeper.is_at_end(),
        });
        if taken {
            self.keeper.head_for(Target::New);
        } else if !begun {
            self.keeper.head_for(Target::End);
        }
        visit.first_new()
    }
}

/// See the module. One for each room: give it the room as its key.
#[function_component]
pub fn TimelineView(props: &TimelineProps) -> Html {
    let far = use_state_eq(|| false);
    let desk = use_memo((), |()| Desk {
        keeper: Keeper::default(),
        latest: RefCell::default(),
        visit: RefCell::default(),
        begun: Cell::new(false),
        jumped: Cell::new(false),
        worker: props.worker.clone(),
        far: far.setter(),
    });
    let room = &props.room;
    let window = room.window();
    let new = desk.visit(room);
    let goes_on = matches!(room.view().standing, Standing::Ready | Standing::CatchingUp);
    let today = calendar::local(calendar::now()).day;
    let with = (Rc::clone(room), props.profile.clone(), new, today, use_language());
    let shown = use_memo(with, |(room, profile, new, today, _)| {
        let reader = Reader { account: profile.account, handle: &profile.handle, new: *new, today: *today };
        timeline(room, reader, calendar::local)
    });
    {
        let mut latest = desk.latest.borrow_mut();
        latest.room = Some(Rc::clone(room));
        latest.seen.clone_from(&shown.seen);
    }
    // Asked for anew whenever more of the stream is held, and whenever the log reads otherwise.
    use_effect_with((window.reach(), room.view().log_version), {
        let (worker, room) = (props.worker.clone(), room.view().room);
        move |(reach, _)| {
            if let Some((from, to)) = *reach {
                worker.emit(ToWorker::InRoom { room, wish: RoomWish::ShowLines(from, to) });
            }
        }
    });
    let written = room.outgoing().last().map(|outgoing| outgoing.message_id);
    let before = use_mut_ref(|| written);
    use_effect_with(written, {
        let desk = Rc::clone(&desk);
        move |written| {
            // Whoever writes wants to see it, wherever they were reading.
            if before.replace(*written) != *written && written.is_some() {
                desk.to_end();
            }
        }
    });
    use_effect({
        let (desk, room) = (Rc::clone(&desk), Rc::clone(room));
        move || desk.settle(&room)
    });
    let rows = use_node_ref();
    use_effect_with((), {
        let (desk, rows) = (Rc::clone(&desk), rows.clone());
        move |()| {
            let area = desk.keeper.area.clone();
            let resized = Closure::<dyn Fn()>::new(move || {
                let room = desk.latest.borrow().room.clone();
                if let Some(room) = room {
                    desk.settle(&room);
                }
            });
            let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
            for element in [area, rows].iter().filter_map(NodeRef::cast::<Element>) {
                if let Some(observer) = &observer {
                    observer.observe(&element);
                }
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(resized);
            }
        }
    });
    let shown_again = {
        let desk = Rc::clone(&desk);
        use_callback((), move |(), ()| desk.look_soon())
    };
    use_listener(Source::Document, "visibilitychange", shown_again);

    let scrolled = {
        let desk = Rc::clone(&desk);
        Callback::from(move |_: Event| {
            let to_end = desk.latest.borrow().room.as_ref().is_some_and(|room| room.window().is_to_end());
            desk.moved(desk.keeper.scrolled(to_end));
        })
    };
    let pressed = {
        let desk = Rc::clone(&desk);
        Callback::from(move |event: KeyboardEvent| {
            if keys::pressed(&desk.keeper, &event) == Some(Wish::End) {
                desk.to_end();
            }
        })
    };
    let jump = {
        let desk = Rc::clone(&desk);
        Callback::from(move |_: MouseEvent| {
            desk.jumped.set(true);
            desk.to_end();
        })
    };
    let asked = use_state(|| None::<(AccountId, Seq)>);
    let names = {
        let asked = asked.clone();
        use_callback((), move |message, ()| asked.set(Some(message)))
    };
    let unask = {
        let asked = asked.clone();
        Callback::from(move |()| asked.set(None))
    };
    // The first one's does for all: it is of the same room.
    let compare = use_callback((), {
        let compare = props.compare.clone();
        move |account, ()| compare.emit(account)
    });
    let talk = Talk { room: room.view().room, worker: props.worker.clone(), names, compare };
    let day = |day: &Rc<Day>| {
        html! { <DayRows key={day.day.to_string()} day={Rc::clone(day)} talk={talk.clone()} /> }
    };
    html! {
        <div class="timeline-frame">
            <div ref={desk.keeper.area.clone()} class="timeline" role="log" aria-live="off"
                aria-busy={(!window.is_loaded()).to_string()} aria-label={t!("timeline-label", room = room.title())}
                onscroll={scrolled} onkeydown={pressed}>
                <div class="rows" ref={rows}>
                    if !window.is_loaded() {
                        <Coming rows={8} />
                    } else if window.has_earlier() {
                        <Coming rows={3} />
                    } else {
                        <Beginning title={room.title()} alone={goes_on && room.view().members.len() == 1}
                            invite={props.invite.clone().filter(|_| room.may_invite())} />
                    }
                    <>{ for shown.days.iter().map(day) }</>
                    if window.has_later() {
                        <Coming rows={3} />
                    }
                </div>
            </div>
            if let Some((author, seq)) = *asked {
                <ReceiptDialog room={Rc::clone(room)} {author} {seq} onclose={unask} />
            }
            if *far {
                <button type="button" class="jump" data-testid="jump" onclick={jump}>
                    <Icon drawing={Drawing::Down} />{ to_latest(room.view().unread.count) }
                </button>
            }
        </div>
    }
}

fn is_ready(room: &RoomData) -> bool {
    room.view().standing == Standing::Ready
}

fn to_latest(unread: u32) -> String {
    match unread {
        0 => t!("jump-latest"),
        Unread::LIMIT.. => t!("jump-many", count = Unread::LIMIT),
        _ => t!("jump-new", count = unread),
    }
}
