//! A conversation as people have it: of several days, with runs of one person's messages, a list, a link, a long text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use igoon_shared::{ids::RoomId, presence::Availability, protocol::http::ChooseAvailability};
use reqwest::Method;

use super::newcomer;
use crate::{browser::Browser, native::NativeClient, person, server::TestServer};

const HOUR: u64 = 3_600;

/// How many hours ago, who, what. Who: by the place among those who came.
const TALK: [(u64, usize, &str); 17] = [
    (75, 0, "Good morning! The water is on again since yesterday."),
    (75, 0, "Whoever waters first: the tap behind the shed drips, turn it really tight."),
    (74, 1, "I was there at seven. Tomatoes are fine, the courgettes are taking over the world."),
    (74, 1, "Does anybody want some? I mean: a lot?"),
    (73, 2, "Yes please, two or three. I can make soup for Saturday."),
    (52, 0, "What we still need for Saturday:\n– charcoal\n– plates for twelve\n– somebody with a car"),
    (51, 2, "I have the car until six."),
    (51, 2, "And plates. They are not beautiful, but there are twelve of them."),
    (50, 1, "Then I take the charcoal."),
    (28, 0, "The forecast, if anybody wants to worry: https://www.weather.example/allotments/saturday"),
    (28, 1, "Sun, sun, cloud, sun. I am not worrying."),
    (
        27,
        2,
        "About the compost: I read up on it. It is too wet, that is all, and what it wants is something dry and coarse between the \
         layers. Straw would do, or the hedge cuttings, if we get them through the shredder before the neighbours need it back on \
         Friday.",
    ),
    (27, 0, "Hedge cuttings there are plenty of."),
    (3, 1, "Charcoal is in the shed, behind the wheelbarrow."),
    (2, 2, "Soup is on. It smells of summer here."),
    (2, 0, "Is ada coming, too?"),
    (2, 0, "We could use somebody who can tune the old radio."),
];

/// Who is there, and how others come.
pub(super) struct Company {
    /// The room where they talk.
    pub(super) room: RoomId,
    /// A link into it that is still open.
    pub(super) link: String,
    /// A link into another one.
    pub(super) other_link: String,
    /// They stay connected.
    _people: Vec<NativeClient>,
}

/// Lets people come and talk, over some days as the server's clock then seems to have been. Ada's browser looks away meanwhile: what
/// it had seen, it would keep as it was.
pub(super) async fn begin(ada: &Browser, server: &mut TestServer) -> Company {
    let mut people = Vec::new();
    for handle in ["grace", "hedy", "iris"] {
        let link = person::invite(ada).await;
        person::close_dialog(ada).await;
        people.push(newcomer(server, &link, handle).await);
    }
    let link = person::invite(ada).await;
    person::close_dialog(ada).await;
    let (room, _) = person::parts(&link);

    ada.click("[data-testid=new-room]").await;
    person::name_room(ada, "Committee").await;
    let into_committee = person::invite(ada).await;
    person::close_dialog(ada).await;
    let (committee, secret) = person::parts(&into_committee);
    people[0].join(committee, &secret).await;
    let other_link = person::invite(ada).await;
    person::close_dialog(ada).await;
    ada.open("about:blank").await;

    for (number, (_, who, text)) in TALK.iter().enumerate() {
        people[*who].send(room, *text);
        // In this order.
        for person in &people {
            person.until("what was said", |shown| shown.in_room(room).count() > number).await;
        }
    }
    people[0].send(committee, "Could you look at the minutes?");
    people[0].send(committee, "No hurry.");
    people[0].until("both to be there", |shown| shown.in_room(committee).count() == 2).await;
    let places: Vec<u64> = people[0].shown().in_room(room).map(|message| message.seq.0).collect();

    server.stop().await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let ago = |hours: u64| (now - Duration::from_secs(hours * HOUR)).as_millis();
    let all = server.change(&format!("UPDATE stream SET received_at = {} WHERE log_index IS NOT NULL", ago(76)));
    assert!(all > 0, "who came is in the stream");
    for ((hours, ..), place) in TALK.iter().zip(&places) {
        // Of the other room's messages none stands at so late a place.
        let moved =
            format!("UPDATE stream SET received_at = {} WHERE log_index IS NULL AND seq = {place}", ago(*hours));
        assert!(server.change(&moved) > 0, "it is in the stream");
    }
    server.launch().await;

    let busy = ChooseAvailability { availability: Availability::Busy };
    let () = people[1].session().call(Method::PUT, "/availability", Some(&busy)).await.unwrap();
    // The third of them goes; the others are connected again.
    drop(people.pop());
    Company { room, link, other_link, _people: people }
}

/// Ada shares a duty, which the log says between the messages, and answers.
pub(super) async fn join_in(ada: &Browser) {
    ada.find("#composer").await;
    // Beside the room, where the window is wide.
    ada.widen().await;
    ada.click("[data-testid=people]").await;
    person::do_to(ada, "hedy", "make-admin").await;
    ada.click("[data-testid=people]").await;
    person::say(ada, "Of course I am coming.").await;
    person::say(ada, "The radio only wants a new fuse. I have one.").await;
    ada.find("[data-testid=receipt][data-delivered='2']").await;
}
