### What one chooses for this browser.

language = Language
language-as-browser = As in this browser ({ $language })
theme = Colours
theme-system = As the system
theme-light = Light
theme-dark = Dark
