//! The browser's notifications (<https://notifications.spec.whatwg.org/>), shown by the service worker's registration where
//! there is one: so they can be chosen when the page is put away, and browsers on telephones show no others.

use igoon_shared::ids::RoomId;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast as _, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Notification, NotificationOptions, NotificationPermission, ServiceWorkerContainer};

use super::{Announcement, Permission};
use crate::service_worker::{container, registration};

const ICON: &str = "/icons/icon-192.png";

/// Whether the browser lets the page notify.
#[must_use]
pub fn permission() -> Permission {
    let there = web_sys::window().is_some_and(|window| Reflect::has(&window, &"Notification".into()).unwrap_or(false));
    if there { said(Notification::permission()) } else { Permission::Unsupported }
}

/// Asks the person, by the browser's own question. To be called when they clicked on something, and then alone.
pub async fn ask() -> Permission {
    if permission() == Permission::NotAsked
        && let Ok(asking) = Notification::request_permission()
    {
        let _ = JsFuture::from(asking).await;
    }
    permission()
}

/// Shows it in the place of an earlier one of the same room.
pub async fn show(announcement: Announcement) {
    let room = announcement.room.to_string();
    let options = NotificationOptions::new();
    options.set_body(&announcement.body);
    options.set_tag(&room);
    options.set_icon(ICON);
    options.set_data(&room.as_str().into());
    if let Some(registration) = registration().await.filter(|registration| registration.active().is_some()) {
        if let Ok(showing) = registration.show_notification_with_options(&announcement.title, &options) {
            let _ = JsFuture::from(showing).await;
        }
        return;
    }
    if let Ok(notification) = Notification::new_with_options(&announcement.title, &options) {
        let focus = Closure::once_into_js(move || {
            if let Some(window) = web_sys::window() {
                let _ = window.focus();
            }
        });
        notification.set_onclick(Some(focus.unchecked_ref::<Function>()));
    }
}

/// Takes back what is shown of a room: it was looked at.
pub async fn close(room: RoomId) {
    let Some(registration) = registration().await else { return };
    let Ok(getting) = registration.get_notifications() else { return };
    let Ok(shown) = JsFuture::from(getting).await else { return };
    let (shown, tag) = (Array::from(&shown), Some(room.to_string()));
    for notification in shown.iter().filter_map(|shown| shown.dyn_into::<Notification>().ok()) {
        if notification.tag() == tag {
            notification.close();
        }
    }
}

/// Calls `chosen` with the room of a notification that the person chose, as long as what is returned lives.
#[must_use]
pub fn on_chosen(chosen: impl Fn(RoomId) + 'static) -> Option<Listening> {
    let container = container()?;
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let room = Reflect::get(&event.data(), &"room".into()).ok().and_then(|room| room.as_string());
        if let Some(room) = room.and_then(|room| room.parse().ok()) {
            chosen(room);
        }
    });
    container.add_event_listener_with_callback("message", heard.as_ref().unchecked_ref()).ok()?;
    Some(Listening { container, heard })
}

/// See [`on_chosen`].
#[derive(Debug)]
pub struct Listening {
    container: ServiceWorkerContainer,
    heard: Closure<dyn Fn(MessageEvent)>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        let _ = self.container.remove_event_listener_with_callback("message", heard);
    }
}

fn said(permission: NotificationPermission) -> Permission {
    match permission {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Denied => Permission::Denied,
        _ => Permission::NotAsked,
    }
}
