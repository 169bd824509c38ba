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
