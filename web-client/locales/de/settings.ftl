### Was man für diesen Browser wählt.

language = Sprache
language-as-browser = Wie in diesem Browser ({ $language })
theme = Farben
theme-system = Wie das System
theme-light = Hell
theme-dark = Dunkel

## Die Seite.

settings-lead = All das ist nur in diesem Browser gespeichert und gilt für alle, die ihn benutzen.
settings-looks = Wie es aussieht und spricht
settings-stored = Auf diesem Computer gespeichert
settings-stored-looking = Wird nachgesehen …
settings-stored-unknown = Der Browser sagt nicht, wie viel Igoon hier speichert.
settings-stored-used = Igoon speichert hier { $size }: Schlüssel und Nachrichten, verschlüsselt, und die App selbst.
settings-stored-kept = Der Browser behält es, bis du es entfernst.
settings-stored-at-risk = Wird der Platz knapp, kann der Browser es entfernen, samt Schlüsseln. Er behält eher, was oft benutzt oder als App installiert ist.
settings-stored-keep = Den Browser bitten, es zu behalten
