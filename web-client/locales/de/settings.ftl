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

## Benachrichtigungen.

settings-notices = Benachrichtigungen
notifications = Wenn eine Nachricht kommt, während Igoon nicht zu sehen ist
notifications-off = Nichts sagen
notifications-off-hint = Die Zahl neben dem Titel und in der Liste der Räume sagt es trotzdem.
notifications-bare = Sagen, dass es eine gibt
notifications-bare-hint = Nicht, wer geschrieben hat, nicht was, und nicht in welchem Raum.
notifications-whole = Zeigen, wer was geschrieben hat
notifications-whole-hint = Wer diesen Bildschirm sieht, kann es lesen. Das System dieses Computers bewahrt es vielleicht eine Weile auf.
notifications-unsupported = Dieser Browser lässt Webseiten keine Benachrichtigungen zeigen.
notifications-denied = Diesem Browser wurde gesagt, dass Igoon keine Benachrichtigungen zeigen darf; es gibt also keine. Du kannst das in den Einstellungen des Browsers für diese Adresse ändern.
notifications-not-asked = Der Browser hat es noch nicht erlaubt. Wähle noch einmal und beantworte seine Frage.
