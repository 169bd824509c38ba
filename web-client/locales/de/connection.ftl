### Die Verbindung, andere Tabs, neue Fassungen, Benachrichtigungen, lange Arbeit.

## Das Banner über jeder Seite.

connection = Die Verbindung
connection-connecting = Verbinden …
connection-offline = Dieser Computer ist offline. Was du schreibst, bleibt hier und geht von selbst hinaus.
connection-unreachable = Der Server antwortet seit { $time } nicht. Was du schreibst, bleibt hier und geht von selbst hinaus.
connection-compressed = Diese Verbindung wird nicht benutzt: Der Server oder etwas auf dem Weg zu ihm will sie komprimieren, was etwas vom Inhalt verraten könnte. Es liegt nicht an dir. Was du schreibst, bleibt hier; sag es der Person, die den Server betreibt.
connection-resting = Der Server wurde gerade auf einen älteren Stand zurückgesetzt. Nachrichten gehen durch. Personen, Einladungen und Einstellungen lassen sich ab { $time } wieder ändern; was du jetzt änderst, wartet bis dahin und geschieht dann von selbst.
connection-rested = Personen, Einladungen und Einstellungen lassen sich wieder ändern.
connection-waiting = { $count ->
    [1] Eine Nachricht wartet.
   *[other] { $count } Nachrichten warten.
}
connection-next-try = Nächster Versuch in { $seconds } s.
connection-trying = Wird gerade versucht …
connection-again = Wieder verbunden.
catching-up = Verpasstes wird geholt …
catching-up-progress = Verpasstes wird geholt: { $done } von { $of }
try-now = Jetzt versuchen
notice-close = Schließen

## Seiten zwischen Ankommen und Raum.

starting = Igoon wird geöffnet …
unreachable-title = Der Server antwortet nicht
unreachable = Igoon versucht es weiter. Sieh nach, ob dieser Computer verbunden ist.
elsewhere-title = Igoon ist in einem anderen Tab offen
elsewhere = Nur ein Tab hat jeweils die Schlüssel dieses Computers. Mach dort weiter, oder benutze Igoon hier: Der andere Tab hört dann auf und behält, was du darin begonnen hast.
take-over = Hier benutzen
keys-lost-title = Dieser Browser hat die Schlüssel von { $handle } verloren
keys-lost = Du bist noch angemeldet, aber was Igoon in diesem Browser gespeichert hatte, ist weg: von dir gelöscht, vom Browser bei voller Festplatte oder von einem Aufräumprogramm. Auf dem Server ist nichts verloren, und niemand anderes hat die Schlüssel bekommen.
keys-lost-next = Melde dich neu an, dann wird dieser Browser ein neuer Computer von dir. Er kann wieder lesen, sobald ein Computer, der die Schlüssel hat, oder die Person, der der Raum gehört, ihn hereinlässt.
keys-lost-go-on = Als neuer Computer anmelden

## Eine neue Fassung der App.

update-offer = Es gibt eine neue Version von Igoon.
update-load = Laden
update-later = Später
update-loading = Die neue Version wird geladen …

## Was nicht auf eine Verbindung warten kann.

needs-connection = Dafür braucht es eine Verbindung. Nichts wurde geändert; versuch es noch einmal, wenn Igoon verbunden ist.
trouble-storage-full = Die Festplatte dieses Computers ist voll, es kann nichts mehr gespeichert werden. Schaff etwas Platz und versuch es dann noch einmal. Was du zuletzt geschrieben hast, steht danach wieder im Feld des Raums.

## Benachrichtigungen.

notification-new = { $count ->
    [1] Eine neue Nachricht
   *[other] { $count } neue Nachrichten
}
