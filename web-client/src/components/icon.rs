//! The drawings: strokes on 24 by 24, in the colour of the text around them. They are never all that tells something.
//!
//! Apart from Igoon's own mark they are Lucide's (lucide-static 1.62.0, ISC licence: `web-client/icons/LICENSE-lucide`),
//! each as one path; its name there stands behind what it means here.

use yew::prelude::*;

/// Which drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// Done. `check`
    Check,
    /// It has come to everybody. `check-check`
    Checks,
    /// Not yet. `clock`
    Clock,
    /// Look here. `triangle-alert`
    Warning,
    /// Good to know. `info`
    Info,
    /// Several people. `users`
    People,
    /// Somebody more. `user-plus`
    Invite,
    /// One person. `user`
    Person,
    /// Several rooms. `menu`
    Rooms,
    /// A room. `message-square`
    Room,
    /// Off it goes. `arrow-up`
    Send,
    /// Away with it. `x`
    Close,
    /// Downwards. `arrow-down`
    Down,
    /// There is more below. `chevron-down`
    Open,
    /// There is more behind it. `chevron-right`
    Next,
    /// The way back. `arrow-left`
    Back,
    /// Nobody else can read this. `lock`
    Lock,
    /// What opens a room, or an account. `key-round`
    Key,
    /// It was looked after. `shield-check`
    Shield,
    /// One more. `plus`
    Plus,
    /// What else can be done. `ellipsis`
    More,
    /// Looking for something. `search`
    Search,
    /// What can be chosen. `settings`
    Settings,
    /// What is set for a room. `sliders-horizontal`
    RoomSettings,
    /// Once more, elsewhere. `copy`
    Copy,
    /// An address. `link`
    Link,
    /// Changing it. `pencil`
    Edit,
    /// Away with it, for good. `trash-2`
    Delete,
    /// Once more. `rotate-cw`
    Retry,
    /// From here to a file. `download`
    Download,
    /// Out of here. `log-out`
    Leave,
    /// A letter. `mail`
    Mail,
    /// To be told. `bell`
    Bell,
    /// Not to be told. `bell-off`
    Silence,
    /// Light colours. `sun`
    Light,
    /// Dark colours. `moon`
    Dark,
    /// A computer. `laptop`
    Computer,
    /// A telephone. `smartphone`
    Phone,
    /// What the system says. `monitor`
    System,
    /// In which words. `languages`
    Language,
    /// What it runs on. `server`
    Server,
    /// No connection. `cloud-off`
    Offline,
    /// Where am I? `compass`
    Unknown,
    /// Another window or tab. `app-window`
    Window,
    /// An answer. `reply`
    Reply,
}

impl Drawing {
    /// All of them, for the page that shows them.
    pub const ALL: &[Self] = &[
        Self::Check,
        Self::Checks,
        Self::Clock,
        Self::Warning,
        Self::Info,
        Self::People,
        Self::Invite,
        Self::Person,
        Self::Rooms,
        Self::Room,
        Self::Send,
        Self::Close,
        Self::Down,
        Self::Open,
        Self::Next,
        Self::Back,
        Self::Lock,
        Self::Key,
        Self::Shield,
        Self::Plus,
        Self::More,
        Self::Search,
        Self::Settings,
        Self::RoomSettings,
        Self::Copy,
        Self::Link,
        Self::Edit,
        Self::Delete,
        Self::Retry,
        Self::Download,
        Self::Leave,
        Self::Mail,
        Self::Bell,
        Self::Silence,
        Self::Light,
        Self::Dark,
        Self::Computer,
        Self::Phone,
        Self::System,
        Self::Language,
        Self::Server,
        Self::Offline,
        Self::Unknown,
        Self::Window,
        Self::Reply,
    ];

    /// Whether it points along the line of text, and so the other way where that runs from right to left.
    const fn is_along(self) -> bool {
        matches!(self, Self::Back | Self::Next | Self::Leave | Self::Reply)
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Check => "M20 6 9 17l-5-5",
            Self::Checks => "M18 6 7 17l-5-5M22 10l-7.5 7.5L13 16",
            Self::Clock => "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M12 6v6l4 2",
            Self::Warning => {
                "m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01"
            }
            Self::Info => "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M12 16v-4M12 8h.01",
            Self::People => {
                "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M16 3.128a4 4 0 0 1 0 7.744M22 21v-2a4 4 0 0 0-3-3.87M5 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"
            }
            Self::Invite => {
                "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M5 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M19 8L19 14M22 11L16 11"
            }
            Self::Person => "M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2M8 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
            Self::Rooms => "M4 5h16M4 12h16M4 19h16",
            Self::Room => {
                "M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2z"
            }
            Self::Send => "m5 12 7-7 7 7M12 19V5",
            Self::Close => "M18 6 6 18M6 6l12 12",
            Self::Down => "M12 5v14M19 12l-7 7-7-7",
            Self::Open => "m6 9 6 6 6-6",
            Self::Next => "m9 18 6-6-6-6",
            Self::Back => "m12 19-7-7 7-7M19 12H5",
            Self::Lock => {
                "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2zM7 11V7a5 5 0 0 1 10 0v4"
            }
            Self::Key => {
                "M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4zM16 7.5a0.5 0.5 0 1 0 1 0a0.5 0.5 0 1 0 -1 0"
            }
            Self::Shield => {
                "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1zM9 12l2 2 4-4"
            }
            Self::Plus => "M5 12h14M12 5v14",
            Self::More => {
                "M11 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0M18 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0M4 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0"
            }
            Self::Search => "m21 21-4.34-4.34M3 11a8 8 0 1 0 16 0a8 8 0 1 0 -16 0",
            Self::Settings => {
                "M9.671 4.136a2.34 2.34 0 0 1 4.659 0 2.34 2.34 0 0 0 3.319 1.915 2.34 2.34 0 0 1 2.33 4.033 2.34 2.34 0 0 0 0 3.831 2.34 2.34 0 0 1-2.33 4.033 2.34 2.34 0 0 0-3.319 1.915 2.34 2.34 0 0 1-4.659 0 2.34 2.34 0 0 0-3.32-1.915 2.34 2.34 0 0 1-2.33-4.033 2.34 2.34 0 0 0 0-3.831A2.34 2.34 0 0 1 6.35 6.051a2.34 2.34 0 0 0 3.319-1.915M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
            }
            Self::RoomSettings => "M10 5H3M12 19H3M14 3v4M16 17v4M21 12h-9M21 19h-5M21 5h-7M8 10v4M8 12H3",
            Self::Copy => {
                "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2zM4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"
            }
            Self::Link => {
                "M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71"
            }
            Self::Edit => {
                "M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497zM15 5l4 4"
            }
            Self::Delete => {
                "M10 11v6M14 11v6M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6M3 6h18M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2"
            }
            Self::Retry => "M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8M21 3v5h-5",
            Self::Download => "M12 15V3M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5",
            Self::Leave => "m16 17 5-5-5-5M21 12H9M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4",
            Self::Mail => {
                "m22 7-8.991 5.727a2 2 0 0 1-2.009 0L2 7M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2z"
            }
            Self::Bell => {
                "M10.268 21a2 2 0 0 0 3.464 0M3.262 15.326A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.673C19.41 13.956 18 12.499 18 8A6 6 0 0 0 6 8c0 4.499-1.411 5.956-2.738 7.326"
            }
            Self::Silence => {
                "M10.268 21a2 2 0 0 0 3.464 0M17 17H4a1 1 0 0 1-.74-1.673C4.59 13.956 6 12.499 6 8a6 6 0 0 1 .258-1.742M2 2l20 20M8.668 3.01A6 6 0 0 1 18 8c0 2.687.77 4.653 1.707 6.05"
            }
            Self::Light => {
                "M8 12a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M12 2v2M12 20v2M4.93 4.93l1.41 1.41M17.66 17.66l1.41 1.41M2 12h2M20 12h2M6.34 17.66l-1.41 1.41M19.07 4.93l-1.41 1.41"
            }
            Self::Dark => {
                "M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401"
            }
            Self::Computer => {
                "M18 5a2 2 0 0 1 2 2v8.526a2 2 0 0 0 .212.897l1.068 2.127a1 1 0 0 1-.9 1.45H3.62a1 1 0 0 1-.9-1.45l1.068-2.127A2 2 0 0 0 4 15.526V7a2 2 0 0 1 2-2zM20.054 15.987H3.946"
            }
            Self::Phone => "M7 2h10a2 2 0 0 1 2 2v16a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-16a2 2 0 0 1 2 -2zM12 18h.01",
            Self::System => {
                "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2zM8 21L16 21M12 17L12 21"
            }
            Self::Language => "m5 8 6 6M4 14l6-6 2-3M2 5h12M7 2h1M22 22l-5-10-5 10M14 18h6",
            Self::Server => {
                "M4 2h16a2 2 0 0 1 2 2v4a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-4a2 2 0 0 1 2 -2zM4 14h16a2 2 0 0 1 2 2v4a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-4a2 2 0 0 1 2 -2zM6 6L6.01 6M6 18L6.01 18"
            }
            Self::Offline => {
                "M10.94 5.274A7 7 0 0 1 15.71 10h1.79a4.5 4.5 0 0 1 4.222 6.057M18.796 18.81A4.5 4.5 0 0 1 17.5 19H9A7 7 0 0 1 5.79 5.78M2 2l20 20"
            }
            Self::Unknown => {
                "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M16.24 7.76l-1.804 5.411a2 2 0 0 1-1.265 1.265L7.76 16.24l1.804-5.411a2 2 0 0 1 1.265-1.265z"
            }
            Self::Window => {
                "M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2zM10 4v4M2 8h20M6 4v4"
            }
            Self::Reply => "M20 18v-2a4 4 0 0 0-4-4H4M9 17l-5-5 5-5",
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
        <svg class={classes!("icon", props.drawing.is_along().then_some("along"))} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d={props.drawing.path()} />
        </svg>
    }
}

/// Igoon's mark: a room that speaks, and its door. The same as `favicon.svg`.
#[function_component]
pub fn Mark() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect class="ground" width="32" height="32" rx="8.5" />
            <path class="room" d="M12.5 6.5h7a6 6 0 0 1 6 6v4.75a6 6 0 0 1-6 6h-.75V17a2.75 2.75 0 0 0-5.5 0v6.25h-1.4l-3.77 3.08A.98.98 0 0 1 6.5 25.57V12.5a6 6 0 0 1 6-6z" />
        </svg>
    }
}
