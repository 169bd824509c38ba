//! What the page knows after what it is told, and after what people do.

use igoon_shared::{
    client::io::{OutgoingState, RoomView, Unread},
    crypto::invite::InviteSecret,
    protocol::error::ErrorCode,
    time::Timestamp,
};

use super::*;
use crate::messages::{CodePurpose, CodeStep, OwnForm, ToPage};

fn signed() -> Stage {
    Stage::Signed(Profile {
        account: testing::ME,
        handle: "ada".to_owned(),
        device: testing::ME_DEVICE,
        device_name: "Chromium on Linux".to_owned(),
        server_owner: true,
        may_create_rooms: true,
        in_rooms: false,
        pending: None,
    })
}

fn after(mut state: AppState, actions: impl IntoIterator<Item = Action>) -> AppState {
    actions.into_iter().for_each(|action| state.act(action));
    state
}

fn told(news: Vec<ToPage>) -> Action {
    Action::FromWorker(news)
}

#[test]
fn a_refused_form_can_be_sent_again() {
    let state = AppState::new(Route::Home);
    let state = after(state, [told(vec![ToPage::Stage(Stage::SetUp)]), Action::Asked]);
    assert!(state.busy);
    let state = after(state, [told(vec![ToPage::Refused(Trouble::Unreachable)])]);
    assert_eq!((state.busy, state.problem.clone()), (false, Some(Trouble::Unreachable)));
    let state = after(state, [Action::Asked]);
    assert_eq!((state.busy, state.problem), (true, None));
}

#[test]
fn signing_out_leaves_nothing_on_the_page() {
    let state = after(
        AppState::new(Route::Home),
        [told(vec![
            ToPage::Stage(signed()),
            ToPage::Room(testing::room_view()),
            ToPage::Message(testing::theirs(1, 1, 0)),
            ToPage::Outgoing(testing::outgoing(1, OutgoingState::Waiting)),
        ])],
    );
    assert_eq!(state.room().map(|room| room.title()), Some("Rowing club".to_owned()));
    let state = after(state, [told(vec![ToPage::Stage(Stage::SignedOut { handle: Some("ada".to_owned()) })])]);
    assert!(state.rooms.is_empty() && state.current.is_none() && state.announcement.is_empty());
}

#[test]
fn signing_out_leaves_the_own_account() {
    let out = || told(vec![ToPage::Stage(Stage::SignedOut { handle: None })]);
    let asked = after(AppState::new(Route::Account), [out(), told(vec![ToPage::Stage(signed())])]);
    assert_eq!(asked.route, Route::Account, "asked for before signing in");
    let state = after(asked, [Action::Own(OwnAction::Open(OwnForm::Handle)), out()]);
    assert_eq!((state.route, state.own), (Route::Home, Own::default()));
}

fn second_room() -> RoomView {
    RoomView { name: Some("Board".to_owned()), ..RoomView::unknown(RoomId::from_bytes([9; 32])) }
}

#[test]
fn whoever_opens_the_app_goes_on_where_something_was_said_last() {
    let news = vec![
        ToPage::Stage(signed()),
        ToPage::Room(second_room()),
        ToPage::Room(RoomView { last_activity: Some(Timestamp(10)), ..testing::room_view() }),
    ];
    let state = after(AppState::new(Route::Home), [told(news.clone())]);
    assert_eq!(state.route, Route::Room(testing::ROOM));
    let elsewhere = Route::Room(second_room().room);
    let state = after(state, [Action::Routed(elsewhere.clone()), Action::Routed(Route::Home)]);
    assert_eq!(state.route, elsewhere, "where one was");
    let named = after(AppState::new(elsewhere.clone()), [told(news)]);
    assert_eq!(named.route, elsewhere, "the address says which room");
}

#[test]
fn signing_out_leaves_a_rooms_address() {
    let out = || told(vec![ToPage::Stage(Stage::SignedOut { handle: None })]);
    let room = Route::RoomSettings(testing::ROOM);
    let state = after(AppState::new(room.clone()), [out()]);
    assert_eq!(state.route, room, "it was opened by whoever signs in now");
    let state = after(state, [told(vec![ToPage::Stage(signed()), ToPage::Room(testing::room_view())])]);
    assert!(state.room().is_some_and(|room| room.view().room == testing::ROOM), "it is the one that is shown");
    let state = after(state, [out()]);
    assert_eq!((state.route, state.current), (Route::Home, None));
    let public = after(AppState::new(Route::Privacy), [told(vec![ToPage::Stage(signed())]), out()]);
    assert_eq!(public.route, Route::Privacy);
}

#[test]
fn what_is_new_is_counted_over_all_rooms() {
    let new = |count, view: RoomView| ToPage::Room(RoomView { unread: Unread { count, first: None }, ..view });
    let news = vec![ToPage::Stage(signed()), new(2, testing::room_view()), new(5, second_room())];
    assert_eq!(after(AppState::new(Route::Home), [told(news)]).unread(), 7);
}

#[test]
fn what_the_server_says_about_itself_can_be_asked_for_again() {
    let state = after(AppState::new(Route::Privacy), [told(vec![ToPage::AboutServer(Err(Trouble::Unreachable))])]);
    assert_eq!(state.about, Loaded::Failed(Trouble::Unreachable));
    assert_eq!(after(state, [Action::AskedAboutServer]).about, Loaded::Loading);
}

#[test]
fn another_code_takes_the_problem_with_the_last_one_away() {
    let code = |resend_at| {
        let (purpose, email) = (CodePurpose::SignIn, "ada@example.org".to_owned());
        ToPage::Stage(Stage::Code(CodeStep {
            purpose,
            email,
            resend_at: Timestamp(resend_at),
            mail_to_folder: false,
            void: false,
        }))
    };
    let wrong = Trouble::Refused { code: ErrorCode::BadCode, field: None, retry_after_ms: None };
    let state = after(AppState::new(Route::Home), [told(vec![code(1)]), Action::Asked]);
    let state = after(state, [told(vec![ToPage::Refused(wrong)])]);
    assert!(state.problem.is_some() && !state.busy);
    let state = after(state, [Action::Asked, told(vec![code(2)])]);
    assert!(state.problem.is_none() && !state.busy);
}

#[test]
fn a_code_stays_void_until_another_one_comes() {
    let code = |resend_at| {
        let (purpose, email) = (CodePurpose::SignUp, "ada@example.org".to_owned());
        let (resend_at, mail_to_folder, void) = (Timestamp(resend_at), false, false);
        ToPage::Stage(Stage::Code(CodeStep { purpose, email, resend_at, mail_to_folder, void }))
    };
    let refused = |code| ToPage::Refused(Trouble::Refused { code, field: None, retry_after_ms: None });
    let is_void = |state: &AppState| matches!(&state.stage, Stage::Code(step) if step.void);
    let state = after(AppState::new(Route::Home), [told(vec![code(1), refused(ErrorCode::BadCode)])]);
    assert!(!is_void(&state));
    let state = after(state, [told(vec![refused(ErrorCode::TooManyTries)])]);
    let state = after(state, [Action::Asked, told(vec![refused(ErrorCode::RateLimited)])]);
    assert!(is_void(&state), "no other code was sent");
    assert!(!is_void(&after(state, [told(vec![code(2)])])));
}

#[test]
fn what_was_written_waits_for_its_room_to_be_shown_again() {
    let state = after(
        AppState::new(Route::Home),
        [
            told(vec![ToPage::Stage(signed()), ToPage::Room(testing::room_view())]),
            Action::Draft(testing::ROOM, "half a sen".to_owned()),
        ],
    );
    assert_eq!(state.drafts.get(&testing::ROOM).map(String::as_str), Some("half a sen"));
    let out = [
        told(vec![ToPage::Stage(Stage::SignedOut { handle: None })]),
        Action::Draft(testing::ROOM, "half a sen".to_owned()),
    ];
    assert!(after(state.clone(), out).drafts.is_empty(), "nothing stays for whoever signs in next");
    assert!(after(state, [Action::Draft(testing::ROOM, String::new())]).drafts.is_empty());
}

#[test]
fn what_was_kept_of_a_draft_is_there_before_its_room() {
    let draft = ToPage::Draft { room: testing::ROOM, text: "half a sen".to_owned() };
    let state = after(AppState::new(Route::Home), [told(vec![ToPage::Stage(signed()), draft])]);
    assert_eq!(state.drafts.get(&testing::ROOM).map(String::as_str), Some("half a sen"));
}

#[test]
fn a_message_that_was_given_up_is_gone() {
    let failed = testing::outgoing(1, OutgoingState::Failed(ErrorCode::TooLarge));
    let discarded = ToPage::Discarded { room: testing::ROOM, message_id: failed.message_id };
    let news = vec![ToPage::Stage(signed()), ToPage::Room(testing::room_view()), ToPage::Outgoing(failed)];
    let state = after(AppState::new(Route::Home), [told(news)]);
    assert_eq!(state.room().map(|room| room.outgoing().len()), Some(1));
    assert_eq!(after(state, [told(vec![discarded])]).room().map(|room| room.outgoing().len()), Some(0));
}

#[test]
fn a_tab_that_is_pushed_aside_keeps_what_was_begun_for_its_account_alone() {
    let state = after(AppState::new(Route::Home), [told(vec![ToPage::Stage(signed())])]);
    let aside = [
        told(vec![ToPage::Stage(Stage::Elsewhere)]),
        // The field goes after its page.
        Action::Draft(testing::ROOM, "half a sen".to_owned()),
    ];
    let state = after(state, aside);
    let draft = |state: &AppState| state.drafts.get(&testing::ROOM).cloned();
    let back = after(state.clone(), [told(vec![ToPage::Stage(Stage::Starting), ToPage::Stage(signed())])]);
    assert_eq!(draft(&back).as_deref(), Some("half a sen"));
    let Stage::Signed(profile) = signed() else { panic!("not signed in") };
    let other = Stage::Signed(crate::messages::Profile { account: testing::BEA, ..profile });
    assert_eq!(draft(&after(state, [told(vec![ToPage::Stage(other)])])), None);
}

#[test]
fn what_could_not_be_stored_goes_back_to_where_it_was_written() {
    let unsaved = |text: &str| ToPage::Unsaved { room: testing::ROOM, text: text.to_owned() };
    let full = ToPage::Stage(Stage::Stopped(Trouble::StorageFull));
    let state = after(
        AppState::new(Route::Home),
        [told(vec![ToPage::Stage(signed())]), told(vec![full, unsaved("one")]), told(vec![unsaved("two")])],
    );
    let state = after(state, [told(vec![ToPage::Stage(signed())])]);
    assert_eq!(state.drafts.get(&testing::ROOM).map(String::as_str), Some("one\ntwo"));
}

#[test]
fn joining_ends_in_the_room_and_leaves_the_link() {
    let secret = InviteSecret::from_bytes([1; 32]);
    let link = InviteLink { room: testing::ROOM, secret: (&secret).into() };
    let state = after(
        AppState::new(Route::Join(link)),
        [
            told(vec![ToPage::Stage(signed())]),
            Action::Began(Pending::Joining),
            told(vec![ToPage::Room(testing::room_view()), ToPage::Joined(testing::ROOM)]),
        ],
    );
    assert_eq!((state.route, state.pending), (Route::Room(testing::ROOM), None));
}

#[test]
fn a_failure_goes_to_what_asked_for_it() {
    let state = after(AppState::new(Route::Home), [told(vec![ToPage::Stage(signed())])]);
    let failed = |room| told(vec![ToPage::failed(room, ErrorCode::Forbidden)]);
    let forbidden = Trouble::Refused { code: ErrorCode::Forbidden, field: None, retry_after_ms: None };
    let creating = after(state.clone(), [Action::Began(Pending::Room), failed(None)]);
    assert!(creating.problem.is_some() && creating.pending.is_none());
    let asked = [Action::InviteOpened(testing::ROOM), Action::InviteAsked, failed(Some(testing::ROOM))];
    let inviting = after(state.clone(), asked).invite.unwrap();
    assert_eq!((inviting.making, inviting.failed), (false, Some(forbidden.clone())));
    let other = after(state, [failed(Some(testing::ROOM))]);
    assert_eq!(other.notice, Some(forbidden));
}

#[test]
fn a_language_that_did_not_come_is_not_spoken_of_any_more_once_one_is_chosen() {
    let german = Some(Language::German);
    let brought = |here| [Action::LanguageWished(german), Action::LanguageBrought { choice: german, here }];
    let missing = after(AppState::new(Route::Home), brought(false));
    assert_eq!((missing.language(), &missing.notice), (Language::English, &Some(Trouble::Language)));
    let dark = after(missing.clone(), [Action::Prefer(Preference::Theme(preferences::Theme::Dark))]);
    assert_eq!(dark.notice, Some(Trouble::Language));
    let spoken = after(missing, brought(true));
    assert_eq!((spoken.language(), spoken.notice), (Language::German, None));
}

#[test]
fn of_two_languages_the_one_that_was_chosen_last_is_spoken_whichever_comes_last() {
    let [english, german] = Language::ALL.map(Some);
    let chosen = after(AppState::new(Route::Home), [Action::LanguageWished(german), Action::LanguageWished(english)]);
    let brought = |choice, here| Action::LanguageBrought { choice, here };
    for late in [brought(german, true), brought(german, false)] {
        let spoken = after(chosen.clone(), [brought(english, true), late.clone()]);
        assert_eq!((spoken.language(), spoken.notice), (Language::English, None), "{late:?}");
    }
    let early = after(chosen, [brought(german, true)]);
    assert_eq!(early.preferences.language, None, "it goes on in the one before");
}

#[test]
fn an_invite_that_nobody_waits_for_is_not_shown() {
    let secret = InviteSecret::from_bytes([1; 32]);
    let made = || told(vec![ToPage::InviteMade { room: testing::ROOM, secret: (&secret).into() }]);
    let state = after(AppState::new(Route::Home), [told(vec![ToPage::Stage(signed())]), made()]);
    assert_eq!(state.invite, None);
    let state = after(state, [Action::InviteOpened(testing::ROOM), made()]);
    assert!(state.invite.as_ref().is_some_and(|invite| invite.made.is_none()));
    let state = after(state, [Action::InviteAsked, made()]);
    assert!(state.invite.is_some_and(|invite| invite.made.is_some() && !invite.making));
}

#[test]
fn only_live_messages_of_others_are_announced() {
    let start =
        [ToPage::Stage(signed()), ToPage::Message(testing::theirs(1, 1, 0)), ToPage::Room(testing::room_view())];
    let state = after(AppState::new(Route::Home), [told(start.into())]);
    assert_eq!(state.announcement, "");
    let state = after(state, [told(vec![ToPage::Message(testing::mine(2, 2))])]);
    assert_eq!(state.announcement, "");
    let state = after(state, [told(vec![ToPage::Message(testing::theirs(3, 3, 0))])]);
    assert_eq!(state.announcement, "bea: message 3");
    let state = after(state, [told(vec![ToPage::Message(testing::theirs(1, 1, 0))])]);
    assert_eq!((state.announcement.as_str(), state.announced), ("bea: message 3", 1), "shown anew is no news");
    let more = |seqs: std::ops::RangeInclusive<u64>| {
        told(seqs.map(|seq| ToPage::Message(testing::theirs(seq, 1, 0))).collect())
    };
    let state = after(state, [more(4..=5)]);
    assert_eq!((state.announcement.as_str(), state.announced), ("bea: message 4\nbea: message 5", 2));
    assert_eq!(after(state, [more(6..=9)]).announcement, "4 new messages");
}

#[test]
fn a_repeated_stage_keeps_what_is_shown() {
    let state = after(
        AppState::new(Route::Home),
        [told(vec![ToPage::Stage(signed()), ToPage::Room(testing::room_view())]), told(vec![ToPage::Stage(signed())])],
    );
    assert!(state.room().is_some());
}

#[test]
fn an_address_of_a_room_names_it_before_anything_was_shown() {
    let room = RoomId::from_bytes([9; 32]);
    let mut state = AppState::new(Route::RoomSettings(room));
    state.rooms.insert(room, Rc::new(RoomData::new(room)));
    assert_eq!(state.room().map(|room| room.view().room), Some(room));
}

#[test]
fn setting_up_goes_from_the_first_account_to_the_first_invite() {
    let room = RoomId::from_bytes([9; 32]);
    let told = |news| Action::FromWorker(vec![news]);
    let mut state =
        after(AppState::new(Route::Home), [told(ToPage::Stage(Stage::SetUp)), told(ToPage::Stage(Stage::MakingKeys))]);
    assert!(state.setting_up);
    state = after(state, [told(ToPage::Stage(signed())), told(ToPage::RoomCreated(room))]);
    assert_eq!((state.setting_up, state.founded), (true, Some(room)));
    assert!(state.invite.as_ref().is_some_and(|invite| invite.room == room), "a link can be made at once");
    state.act(Action::FoundedSeen);
    assert_eq!((state.setting_up, state.founded, state.invite), (false, None, None));
    let visitor = after(
        AppState::new(Route::Home),
        [told(ToPage::Stage(Stage::SetUp)), told(ToPage::Stage(Stage::SignedOut { handle: None }))],
    );
    assert!(!visitor.setting_up, "somebody else was faster");
}

#[test]
fn what_a_new_name_was_refused_for_stands_with_it_alone() {
    let renamed = || Action::RenameAsked { room: testing::ROOM, name: "Board".to_owned() };
    let refused = |room| told(vec![ToPage::Failed { room, trouble: Trouble::NeedsConnection }]);
    // The page has the room's invites, too.
    let opened = [
        told(vec![ToPage::Stage(signed()), ToPage::Room(testing::room_view())]),
        Action::InviteOpened(testing::ROOM),
        renamed(),
    ];
    let state = after(AppState::new(Route::RoomSettings(testing::ROOM)), opened);
    let elsewhere = after(state.clone(), [refused(None)]);
    assert_eq!(elsewhere.rename.and_then(|rename| rename.failed), None);

    let why = |state: &AppState| state.rename.as_ref().and_then(|rename| rename.failed.clone());
    let state = after(state, [refused(Some(testing::ROOM))]);
    assert_eq!((why(&state), state.notice.clone()), (Some(Trouble::NeedsConnection), None), "it is said once");
    assert_eq!(state.invite.as_ref().and_then(|invite| invite.failed.clone()), None);

    let named = RoomView { name: Some("Board".to_owned()), ..testing::room_view() };
    let state = after(state, [renamed(), told(vec![ToPage::Room(named)]), refused(Some(testing::ROOM))]);
    assert_eq!(why(&state), None, "it was done before");
    assert!(state.invite.as_ref().is_some_and(|invite| invite.failed.is_some()));
    assert_eq!(after(state, [Action::RenameClosed]).rename, None);
}

#[test]
fn invites_stay_on_the_page_where_they_were_opened() {
    let opened =
        [told(vec![ToPage::Stage(signed()), ToPage::Room(testing::room_view())]), Action::InviteOpened(testing::ROOM)];
    let state = after(AppState::new(Route::RoomSettings(testing::ROOM)), opened);
    assert_eq!(after(state, [Action::Routed(Route::Room(testing::ROOM))]).invite, None);
    let founded =
        after(AppState::new(Route::NewRoom), [told(vec![ToPage::Stage(signed()), ToPage::RoomCreated(testing::ROOM)])]);
    let back = after(founded, [Action::Routed(Route::Privacy), Action::Routed(Route::Room(testing::ROOM))]);
    assert!(back.invite.is_some(), "the first invite is still to be made");
}
