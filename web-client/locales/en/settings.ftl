### What one chooses for this browser.

language = Language
language-as-browser = As in this browser ({ $language })
theme = Colours
theme-system = As the system
theme-light = Light
theme-dark = Dark

## The page.

settings-lead = All of this is kept in this browser alone, and holds for whoever uses it.
settings-looks = How it looks and speaks
settings-stored = Stored on this computer
settings-stored-looking = Looking…
settings-stored-unknown = The browser does not say how much Igoon stores here.
settings-stored-used = Igoon stores { $size } here: keys and messages, encrypted, and the app itself.
settings-stored-kept = The browser keeps it until you remove it.
settings-stored-at-risk = When space runs out the browser may remove it, keys and all. It keeps more easily what is used often or installed as an app.
settings-stored-keep = Ask the browser to keep it

## Notifications.

settings-notices = Notifications
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
