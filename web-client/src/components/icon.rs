//! The drawings: strokes of 24 by 24, in the colour of the text around them. They are never all that tells something.

use yew::prelude::*;

/// Which drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// Igoon's own.
    Mark,
    /// Done.
    Check,
    /// Not yet.
    Clock,
    /// Look here.
    Warning,
    /// Good to know.
    Info,
    /// Several people.
    People,
    /// Somebody more.
    Invite,
    /// One person.
    Person,
    /// Several rooms.
    Rooms,
    /// It has come to everybody.
    Checks,
    /// Off it goes.
    Send,
    /// Away with it.
    Close,
    /// Downwards.
    Down,
    /// Nobody else can read this.
    Lock,
}

impl Drawing {
    const fn path(self) -> &'static str {
        match self {
            Self::Mark => {
                "M4 20V9.5a5.5 5.5 0 0 1 5.5-5.5h5A5.5 5.5 0 0 1 20 9.5v2a5.5 5.5 0 0 1-5.5 5.5H8l-4 3ZM9 11h6"
            }
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::Checks => "m2 12.5 4.5 4.5L15 7.5M12 16l1 1L22 7.5",
            Self::Rooms => "M4 6.5h16M4 12h16M4 17.5h10",
            Self::Clock => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.5V12l3 2",
            Self::Info => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5M12 7.8v.1",
            Self::Warning => "M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17v.1",
            Self::People => {
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c.4-3.6 3-5.5 6.5-5.5s6.1 1.9 6.5 5.5M16 4.3a3.5 3.5 0 0 1 0 6.4M18 15c2 .7 3.2 2.4 3.5 5"
            }
            Self::Invite => {
                "M10 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 20c.4-3.6 3-5.5 6.5-5.5 1.4 0 2.7.3 3.7.9M18 14v6M15 17h6"
            }
            Self::Person => "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6",
            Self::Send => "M12 19.5V5M5.5 11.5 12 5l6.5 6.5",
            Self::Close => "m6 6 12 12M18 6 6 18",
            Self::Down => "M12 5v14M5.5 12.5 12 19l6.5-6.5",
            Self::Lock => {
                "M6.5 10.5h11a1.5 1.5 0 0 1 1.5 1.5v6.5a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 18.5V12a1.5 1.5 0 0 1 1.5-1.5ZM8 10.5V8a4 4 0 0 1 8 0v2.5"
            }
        }
    }
}

/// See [`Icon`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Properties)]
pub struct IconProps {
    /// Which.
    pub drawing: Drawing,
}

/// A drawing beside a text, hidden from screen readers.
#[function_component]
pub fn Icon(props: &IconProps) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d={props.drawing.path()} />
        </svg>
    }
}
