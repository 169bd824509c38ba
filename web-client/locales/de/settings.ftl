### Was man für diesen Browser wählt.

language = Sprache
language-as-browser = Automatisch
theme = Farben
theme-system = Automatisch
theme-light = Hell
theme-dark = Dunkel

## Die Seite.

settings-lead = All das ist nur in diesem Browser gespeichert und gilt für alle, die ihn benutzen.
settings-looks = Wie es aussieht und spricht
settings-notifications = Benachrichtigungen
settings-stored = Auf diesem Computer gespeichert

## Benachrichtigungen.

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

## Was in diesem Browser gespeichert ist.

storage-kept = Der Browser bewahrt Igoons Schlüssel und Nachrichten auf, bis du sie löschst.
storage-not-kept = Der Browser darf Igoons Schlüssel und Nachrichten wegwerfen, wenn die Festplatte voll wird. Dieser Computer muss dann neu hereingelassen werden.
storage-used = { $size } sind hier gespeichert.
storage-ask = Den Browser bitten, sie zu behalten
storage-declined = Der Browser hat abgelehnt. Oft stimmt er zu, wenn Igoon eine Weile benutzt wurde, installiert ist oder Benachrichtigungen zeigen darf.
