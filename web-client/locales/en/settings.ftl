### What one chooses for this browser.

language = Language
language-as-browser = As the browser
theme = Colours
theme-system = As the system
theme-light = Light
theme-dark = Dark

## The page.

settings-lead = All of this is kept in this browser alone, and holds for whoever uses it.
settings-looks = How it looks and speaks
settings-notifications = Notifications
settings-stored = Stored on this computer

## Notifications.

notifications = When a message comes while Igoon is put away
notifications-off = Say nothing
notifications-off-hint = The number beside the title and in the list of rooms still tells.
notifications-bare = Say that there is one
notifications-bare-hint = Neither who wrote, nor what, nor in which room.
notifications-whole = Show who wrote what
notifications-whole-hint = Whoever sees this screen can read it. This computer’s system may keep it for a while.
notifications-unsupported = This browser does not let web pages show notifications.
notifications-denied = This browser was told not to let Igoon show notifications, so there will be none. You can change that in the browser’s settings for this address.
notifications-not-asked = The browser has not given its permission yet. Choose again, and answer its question.

## What is stored in this browser.

storage-kept = The browser keeps Igoon’s keys and messages until you remove them.
storage-not-kept = The browser may throw away Igoon’s keys and messages when the disk gets full. This computer then has to be let in again.
storage-used = { $size } are stored here.
storage-ask = Ask the browser to keep them
storage-declined = The browser declined. It often agrees once Igoon is used for a while, is installed, or may show notifications.
