//! Igoon's web companion: a Yew page, and a dedicated worker that holds the keys and drives the client core. Both are one
//! program, which looks at its start where it runs.
//!
//! ```text
//! pages -> components -> state          the page: shows, asks; knows no network and no key
//!       messages, crossing              what page and worker say to each other, and where they meet
//! worker -> net, vault                  the worker: keys, client core, storage, requests; knows no Yew
//! ```
//!
//! - [`pages`], [`components`]: what people see. [`texts`]: every sentence and label, in each language.
//! - [`state`]: what the page knows; a reducer with an [`state::Action`], pure and tested natively.
//! - [`updates`], [`notifications`], [`service_worker`]: the app as something that stays in the browser.
//! - [`export`]: a room as a file of one's own, written down without Yew and without I/O.
//! - [`worker`]: accounts, keys, storage at rest, and the driver that carries out the core's effects.
//! - [`net`]: requests, the WebSocket, when to try again.
//! - [`platform`]: what differs between a browser and the desktop app. No page asks where it runs.
//!
//! Deliberately absent: inline scripts and styles (the server's policy forbids them), private keys outside the worker
//! (the page is given views; only an invite link's secret passes through it), and decisions that belong to the core.
//!
//! # What tests drive
//!
//! | element | where |
//! |---|---|
//! | `#setup-code`, `#email`, `#handle`, `#password`, `#code`, `#room-name` | inputs of the forms; eight digits in `#code` send themselves |
//! | `#new-email`, `#current-password`, `#new-handle`, `#new-password` | those of the own account |
//! | `#server-address`, `[data-testid=keep-server]`, `[data-testid=change-server]` | the server, where it is asked for; staying with the one before; to that page |
//! | `[data-testid=submit]` | the form's button |
//! | `[data-testid=problem]` | what went wrong with a form |
//! | `[data-testid=step-back]`, `[data-testid=to-room]` | back to the set-up code; past the first invite, into a new room |
//! | `[data-testid=privacy]`, `[data-testid=language]` | at the end of each page: what the server stores; another language |
//! | `#again` | loading the page anew where its texts did not come |
//! | `#app[data-page]` | which page is shown: see [`pages::Page`] |
//! | `#app[data-connection]` | `connecting`, `online`, `reconnecting` |
//! | `#app[data-key-ms]` | how long making this computer's keys took, milliseconds |
//! | `[data-testid=no-mail]` | this server mails no codes |
//! | `[data-testid=resend]`, `[data-testid=resend-wait]`, `[data-testid=start-over]` | another code; how long until then; the way back to the first form |
//! | `[data-testid=have-account]`, `[data-testid=forgot]` | to signing in from an invite; to another password |
//! | `[data-testid=room-name]` | the room's title |
//! | `[data-testid=people]`, `#search-people` | the button that opens the list of people, and closes it where it is beside the room; a field to search it; `[data-testid=person]` each of them |
//! | `[data-testid=presence]`, `#availability` | whether a person is there (`data-presence`); what one chooses to be |
//! | `[data-testid=role]`; `[data-testid=make-owner]`, `-admin`, `-member`, `[data-testid=pass-ownership]`, `[data-testid=remove]` | what a person may do, unless that is little; what can be done to them, in the menu beside them |
//! | `[data-testid=compare]`, `[data-testid=safety-number]`, `#their-number`, `[data-testid=entered-number]`, `[data-testid=computer-number]` | safety numbers with somebody; the digits; a text that was sent, and whether it is the same (`data-same`); computer by computer |
//! | `[data-testid=comparison]`, `[data-testid=mark-verified]`, `[data-testid=unmark]`, `[data-testid=verified]` | how somebody stands (`data-compared`: `not`, `partly`, `wholly`); marking them; no more; the mark beside their name |
//! | `[data-testid=line]`, `[data-testid=compare-again]` | what the log says between messages (`data-seq`); to comparing with whoever has other keys |
//! | `[data-testid=deed-follows]`, `[data-testid=deed-now]`, `[data-testid=deed-not]` | what follows from what is asked before it is done; doing it; leaving it |
//! | `[data-testid=invite]`, `[data-testid=invite-link]`, `[data-testid=copy]` | opens the invites, where `submit` makes a link; the field with it; copying it |
//! | `#invite-uses`, `#invite-lifetime`, `[data-testid=open-invite]`, `[data-testid=close-invite]`, `[data-testid=close-invite-now]` | for whom and how long; an open link; closing it, asked twice |
//! | `[data-testid=another-invite]` | from a link that was made back to making one |
//! | `[data-testid=qr]`, `#member-invites` | the link as a QR code; whether members may invite |
//! | `[data-testid=room-settings]`, `[data-testid=rename-room]`, `[data-testid=room-key]` | to a room's settings; renaming it there (`#room-name`); which key it has (`data-has`: here, too) |
//! | `[data-testid=history]`, `[data-testid=change-history]`, `[data-testid=set-history]` | what newcomers can read; changing it (`#history-0`, `-1`) |
//! | `#recovery-0`, `-1`, `-2`, `[data-testid=recovery-options]` | how whoever loses every computer comes back: computers alone, the server, a code; what goes with that (`#recovery-delay-0` to `-3`, `#recovery-admins`, `#recovery-announce`) |
//! | `[data-testid=recovery]`, `[data-testid=change-recovery]`, `[data-testid=set-recovery]`, `[data-testid=new-kit]` | which of them holds; changing it; another code |
//! | `[data-testid=recovery-badge]`, `[data-testid=asks-mark]`, `[data-testid=room-recovery]` | what everybody sees of it above a room; somebody asks, or waits; both lead to the page about it |
//! | `[data-testid=recovery-way]`, `[data-testid=asks-none]` | on that page: what holds; nobody asks |
//! | `[data-testid=ask]`, `[data-testid=turn-down]`, `[data-testid=waits]`, `[data-testid=veto]` | who asks (`data-device`), with the digits, a password and `submit`; turning it down; who waits to be let in; objecting |
//! | `[data-testid=rescue]`, `[data-testid=rescue-who]` | asking on a computer that nobody approved (`data-progress`: `none`, `asked`, `waiting`, `entitled`, `released`, `over`, `gone`); who can help |
//! | `[data-testid=rescue-ask]`, `[data-testid=rescue-announce]`, `[data-testid=rescue-withdraw]` | asking people; having it announced; taking it back |
//! | `[data-testid=use-kit]`, `#kit-code` | coming in with the code on paper |
//! | `[data-testid=kit-code]`, `[data-testid=kit-print]`, `[data-testid=kit-save]`, `[data-testid=kit-saved]`, `#kit-check`, `[data-testid=kit-later]` | a code that goes on paper; printing and saving it; what became of the file; its last group, typed from there; not now |
//! | `[data-testid=privacy-of-recovery]` | from there to the privacy page |
//! | `[data-testid=leave]`, `[data-testid=cannot-leave]`, `[data-testid=over]` | leaving a room, or why not; that it is over for this computer |
//! | `[data-testid=unseen-wait]` | in the log, between messages and beside a person: let in after a wait that this computer did not see |
//! | `[data-testid=room-log]`, `[data-testid=log-entry]`, `[data-testid=log-what]`, `[data-testid=log-ignored]`, `[data-testid=log-older]` | to what happened in a room; each of it; in words; why it has no effect; what was before |
//! | `#log-about`, `#log-which-0`, `-1` | about whom, and what of it |
//! | `[data-testid=export]`, `#export-format-0`, `#export-format-1` | the export: `data-step`; as a document, as lines |
//! | `[data-testid=export-begin]`, `[data-testid=export-stop]`, `[data-testid=export-done]`, `[data-testid=export-again]` | making the file; stopping that; what became of it; saving it once more |
//! | `[data-testid=room]`, `[data-testid=rooms]`, `[data-testid=unread]`, `[data-testid=new-room]` | a room in the list (`data-room`); the way to the list on small screens; what is new in it; a further room |
//! | `[data-testid=invited-to]` | the name of the room that a link leads to |
//! | `#composer`, `[data-testid=send]` | where one writes; the button |
//! | `[data-testid=message]` | `data-message-id`, `data-seq`, `data-state`: `waiting`, `sent`, `failed`, `lost`, `received`, `unreadable` |
//! | `[data-testid=message-text]` | a message's text alone |
//! | `[data-testid=copy-message]`, `[data-testid=send-again]`, `[data-testid=discard]`, `[data-testid=mend]` | what can be done with a message: copied, sent again, given up, made readable |
//! | `[data-testid=jump]` | to the latest message |
//! | `[data-testid=receipt]` | who has an own message: `data-of`, `data-delivered`, `data-read`; opens `read-by`, `delivered-to`, `waiting-for` |
//! | `[data-testid=not-approved]`, `[data-testid=alarm]`, `[data-testid=looked-at]`, `[data-testid=follow-server]`, `[data-testid=ended]`, `[data-testid=new-keys]`, `[data-testid=behind]`, `[data-testid=mend-keys]`, `[data-testid=ask-for-key]` | what stands in the timeline's or the composer's place; following a room again that stood still, or as the server has it; new keys for a computer whose old ones were revoked; whose computers lack the room's key, and having it handed over or asked for |
//! | `[data-testid=change-missing]` | above the composer: the server said that it took a change, and does not show it |
//! | `[data-testid=lost]` | in a message: the server lost it when it was put back to an older copy |
//! | `[data-testid=approval-digits]`, `[data-testid=approval-state]`, `[data-testid=ask-again]` | the digits that are compared (`data-digits`); how far this computer's question is (`data-state`: `unasked`, `open`, `approved`, `failed`); asking again |
//! | `[data-testid=approval]`, `[data-testid=approve]`, `[data-testid=refuse]`, `[data-testid=approval-done]`, `[data-testid=approval-close]` | another computer asks (`data-device`); the answers; how it went (`data-approved`); closing that |
//! | `[data-testid=look-at-approval]`, `[data-testid=shut-out]` | to the question of an own computer that was put off; why somebody else signed this one out |
//! | `[data-testid=account]`, `[data-testid=back]` | to the own account; back from it |
//! | `[data-testid=own-email]`, `-handle`; `[data-testid=change-email]`, `-handle`, `-password`; `[data-testid=done]` | what it is; changing it; it is changed |
//! | `[data-testid=session]`, `[data-testid=end-session]`, `[data-testid=end-session-now]` | where one is signed in (`data-current`); ending one, asked twice |
//! | `[data-testid=computer]`, `[data-testid=computer-name]`, `[data-testid=rename-computer]`, `#computer-name` | an own computer (`data-device`, `data-connected`); renaming it |
//! | `[data-testid=revoke-computer]`, `[data-testid=revoke-computer-now]` | shutting an own computer out of all rooms, asked twice |
//! | `[data-testid=sign-out]`, `[data-testid=sign-out-everywhere]`, `[data-testid=sign-out-everywhere-now]` | signing out; everywhere, asked twice |
//! | `[data-testid=positions]`, `[data-testid=position]` | how far an own computer has come, room by room (`data-room`, `data-delivered`, `data-read`) |
//! | `[data-testid=settings]` | to what one chooses for this browser |
//! | `[data-testid=privacy]`, `[data-testid=contact]`, `[data-testid=no-contact]` | to what this server stores; whom to ask; that nobody is named |
//! | `[data-testid=look-again]` | asks again for what did not come |
//! | `[data-testid=shortcuts]` | what keys do |
//! | `[data-testid=server]`, `[data-testid=owner-only]` | to the page about the server; what others find there |
//! | `[data-testid=actor]`, `#kind` | an actor: `data-kind`, `data-id`, `data-handled`, `data-depth`; which are shown |
//! | `[data-testid=earlier]`, `[data-testid=later]` | the parts of a long list of actors before and after the one that is shown |
//! | `[data-testid=server-connections]`, `-actors`, `-handled`, … | the sums above them |
//! | `[data-testid=outage]`, `[data-testid=waiting]`, `[data-testid=try-now]` | the banner while there is no connection; how many messages wait; trying at once |
//! | `[data-testid=update]`, `[data-testid=update-load]`, `[data-testid=update-later]` | another build of the app is offered; loading it, or not yet |
//! | `[data-testid=skip]` | past the list of rooms, to where one writes |
//! | `[data-testid=toast]`, `[data-testid=notice]` | a message in another room, or somebody who asks to come back; something refused |
//! | `[data-testid=notifications]`, `[data-testid=notifications-state]` | how messages are announced: `off`, `without-content`, `with-content`; what the browser says to it |
//! | `[data-testid=go-on]` | signing in anew where the keys are gone (`keys-lost`) |
//! | `[data-testid=take-over]`, `[data-testid=retry]`, `[data-testid=forget]`, `[data-testid=keep]`, `[data-testid=fetch-anew]` | the buttons of the pages in between |

pub mod components;
pub mod crossing;
pub mod export;
pub mod messages;
pub mod net;
pub mod notifications;
pub mod pages;
pub mod platform;
pub mod service_worker;
pub mod state;
#[cfg(test)]
mod styles;
pub mod texts;
pub mod updates;
pub mod worker;
