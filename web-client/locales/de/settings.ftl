### Was man für diesen Browser wählt.

language = Sprache
language-as-browser = Wie in diesem Browser ({ $language })
theme = Farben
theme-system = Wie das System
theme-light = Hell
theme-dark = Dunkel
