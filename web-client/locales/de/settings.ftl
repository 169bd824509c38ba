### Was man für diesen Browser wählt.

language = Sprache
language-as-browser = Wie in diesem Browser ({ $language })
