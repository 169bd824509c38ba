### Ein Raum: seine Nachrichten, was man schreibt, wer es gelesen hat.

room-unnamed = Raum
somebody = Jemand

## Der Verlauf.

timeline-label = Nachrichten in { $room }
new-messages = Neu
jump-latest = Neueste
jump-new = { $count ->
    [one] { $count } neue Nachricht
   *[other] { $count } neue Nachrichten
}
jump-many = Mehr als { $count } neue Nachrichten
announce-message = { $author }: { $text }
announce-many = { $count } neue Nachrichten

beginning-title = Hier beginnt { $room }
beginning-text = Was hier geschrieben wird, wird auf dem Computer verschlossen (verschlüsselt), auf dem es geschrieben wird. Der Server bewahrt es verschlossen auf und stellt es zu; ob er selbst einen Schlüssel hat, um bei verlorenen Computern zu helfen, steht über dem Raum.
beginning-alone = Noch bist du hier allein. Lade jemanden ein, oder schreib etwas für alle, die noch kommen.
beginning-invite = Jemanden einladen

## Eine Nachricht.

message-label = { $author }, { $time }
message-date = { $date }, { $time }
message-gap = Direkt davor fehlen Nachrichten dieser Person: Sie sind nicht angekommen. Wer sie geschrieben hat, kann sie noch einmal schreiben.
message-lost = Der Server hat diese Nachricht verloren, als er auf eine ältere Kopie zurückgesetzt wurde. Wer sie schon hatte, sieht sie noch.
message-lost-again = Noch einmal senden
message-lost-sent = Sie wurde noch einmal gesendet und steht am Ende.
message-copy = Text kopieren
message-copied = Die Nachricht wurde kopiert.
message-more = Mehr anzeigen
message-less = Weniger anzeigen
message-failed = Nicht gesendet. { $cause }
message-dropped = Der Server sagte, er habe diese Nachricht angenommen, zeigt sie hier aber nicht.
message-again = Noch einmal versuchen
message-discard = Verwerfen
# Hinter einem Link, dem man nicht ansieht, wohin er führt.
link-address = ({ $address })

## Wie es um eine eigene Nachricht steht.

state-waiting = Wartet auf diesem Computer
state-accepted = Vom Server angenommen
state-failed = Nicht gesendet
state-lost = Vom Server verloren
state-alone = Vom Server angenommen. Noch ist sonst niemand hier
state-delivered = An { $delivered } von { $of } zugestellt
state-read = Von { $read } gelesen, an { $delivered } von { $of } zugestellt
state-read-all = { $of ->
    [1] Gelesen
   *[other] Von allen { $of } gelesen
}

receipt-title = Wie es um diese Nachricht steht
receipt-read = Gelesen von
receipt-delivered = Zugestellt an
receipt-waiting = Noch nicht zugestellt an
receipt-hint = Jede Person zählt einmal, mit dem Computer, der am weitesten ist. Das sagt der Server, und niemand kann es nachprüfen.

## Eine Nachricht, die sich nicht lesen lässt: was zu tun ist.

unreadable-ask = Noch einmal nach dem Schlüssel fragen
unreadable-load = Seite neu laden
unreadable-fetch = Noch einmal holen
unreadable-asked = Gefragt. Die Nachricht erscheint hier, sobald sie sich lesen lässt.

## Wo man schreibt.

composer-label = Nachricht an { $room }
composer-send = Senden
composer-hint = Auf diesem Computer verschlüsselt. Enter sendet, Umschalt + Enter beginnt eine neue Zeile.
composer-left = { $count ->
    [one] Platz für noch { $count } Zeichen
   *[other] Platz für noch { $count } Zeichen
}
composer-too-long = { $count ->
    [one] { $count } Zeichen zu lang für eine Nachricht. Schick sie in Teilen.
   *[other] { $count } Zeichen zu lang für eine Nachricht. Schick sie in Teilen.
}
