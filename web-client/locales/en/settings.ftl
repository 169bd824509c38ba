### What one chooses for this browser.

language = Language
language-as-browser = As in this browser ({ $language })
