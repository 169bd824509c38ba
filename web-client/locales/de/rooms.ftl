### Die Liste der Räume, Leute, Einladungen, Einstellungen eines Raums.

## Die Liste der Räume.

rooms = Räume
rooms-new = Neuer Raum
rooms-unread = { $count ->
    [one] neue Nachricht
   *[other] neue Nachrichten
}
rooms-alarm = Sieh hier nach
rooms-not-approved = Noch nicht freigegeben
rooms-opening = Wird geöffnet …
skip-to-room = Zum Raum springen
rooms-choose = Wähle einen Raum
rooms-choose-how = Alt mit den Pfeiltasten führt von einem zum nächsten, auch während du schreibst.
own = Du
settings = Einstellungen
account = Dein Konto

## Wie lange her, in wenigen Buchstaben.

ago-now = jetzt
ago-minutes = { $count } Min.
ago-hours = { $count } Std.

## Über einem Raum.

room-actions = Dieser Raum
room-people = { $count ->
    [one] { $count } Person in diesem Raum
   *[other] { $count } Leute in diesem Raum
}
invite = Einladen
room-settings = Einstellungen des Raums

## Tasten.

shortcuts = Was Tasten tun
shortcut-room-up = Zum Raum darüber
shortcut-room-down = Zum Raum darunter
shortcut-send = Geschriebenes senden
shortcut-line = Eine neue Zeile beginnen
shortcut-close = Schließen, was über der Seite liegt
shortcut-help = Dies zeigen, wo gerade nichts geschrieben wird
shortcut-help-anywhere = Dies zeigen

## Leute.

people-count = { $count ->
    [one] { $count } Person
   *[other] { $count } Leute
}
people-in = Leute in { $room }
people-search = Leute suchen
people-found = { $count ->
    [0] Niemand hat das im Namen.
    [one] Eine Person gefunden.
   *[other] { $count } Leute gefunden.
}
people-more = { $count } weitere zeigen
people-you = { $name } (du)
people-each = Computer für Computer
people-computer = Computer { $number }:

## Ob jemand da ist.

presence-available = Verfügbar
presence-idle = Untätig
presence-away = Abwesend
presence-busy = Beschäftigt
presence-invisible = Unsichtbar
presence-offline = Offline
presence-last-seen = Zuletzt da: { $moment }
availability = Für andere bist du
availability-available = Andere sehen, wenn du verbunden bist, und dass du nach fünf Minuten ohne Taste oder Berührung untätig bist.
availability-away = Andere sehen, dass du abwesend bist, auch während du schreibst.
availability-busy = Andere sehen, dass du nicht gestört werden willst. Nachrichten kommen trotzdem.
availability-invisible = Andere sehen dich als offline. Nachrichten kommen trotzdem, und du kannst schreiben.

## Einladungen.

invites = Einladungen
invite-to = Leute in { $room } einladen
invite-lead = Wer den Link hat, kann ein Konto anlegen und beitreten. Schick ihn auf einem Weg, dem du vertraust, an die Leute, für die er ist.
invite-sees-all = Wer beitritt, sieht, wer im Raum ist, und kann alles lesen, was vorher geschrieben wurde.
invite-sees-later = Wer beitritt, sieht, wer im Raum ist, und kann lesen, was von da an geschrieben wird, nichts davor.
invite-for = Für
invite-people = { $count ->
    [one] { $count } Person
   *[other] { $count } Leute
}
invite-good-for = Gültig
invite-hours = { $count ->
    [one] eine Stunde
   *[other] { $count } Stunden
}
invite-days = { $count ->
    [one] einen Tag
   *[other] { $count } Tage
}
invite-as-admin = Als Admin
invite-as-admin-about = Admins laden Leute ein, schließen Links und entfernen einfache Mitglieder.
invite-make = Link erzeugen
invite-another = Noch einen Link erzeugen
invite-made = Hier ist der Link. Kopiere ihn jetzt, oder später aus den offenen Links des Raums, auf diesem Computer.
invite-link = Einladungslink
invite-qr = Der Einladungslink zu { $room } als QR-Code
invite-qr-how = Ist jemand neben dir? Die Kamera des Telefons öffnet den Link.
copy-link = Link kopieren
copied = Kopiert
copied-link = Der Link ist kopiert.
copy-refused = Der Browser hat das Kopieren nicht erlaubt. Markiere den Text und kopiere ihn von Hand.
invite-members = Auch Mitglieder dürfen einladen
invite-members-about = Sie erzeugen Links für weitere Mitglieder. Du siehst sie hier und kannst sie schließen.
invites-open = Offene Links
invites-none = Kein Link ist offen.
invite-open = { $count ->
    [one] Für { $count } Person, bis { $until }
   *[other] Für { $count } Leute, bis { $until }
}
invite-open-as-admin = { $count ->
    [one] Für { $count } Person als Admin, bis { $until }
   *[other] Für { $count } Leute als Admin, bis { $until }
}
invite-made-by = Erzeugt von { $name }
invite-not-here = Auf einem anderen Computer erzeugt: Dort lässt sich der Link kopieren.
invite-close = Schließen
invite-close-follows = Mit diesem Link kann dann niemand mehr beitreten. Wer schon beigetreten ist, bleibt.
invite-close-now = Den Link schließen
invite-leave-open = Offen lassen

## Einstellungen eines Raums.

room-settings-of = Einstellungen von { $room }
room-name-new = Neuer Name des Raums
room-rename = Raum umbenennen
room-renamed = Der Raum hat einen anderen Namen.
room-name-owner = Den Namen kann ändern, wer den Raum besitzt.
room-history = Was Neue lesen können
room-history-all = Alles, was geschrieben wurde, bevor sie beigetreten sind.
room-history-later = Was nach ihrem Beitritt geschrieben wird, nichts davor.
room-history-unknown = Dieser Computer weiß es noch nicht.
room-key = Raumschlüssel
room-key-here = Der Schlüssel des Raums hat die Nummer { $number }, und dieser Computer hat ihn.
room-key-missing = Der Schlüssel des Raums hat die Nummer { $number }. Dieser Computer hat ihn noch nicht und kann Neues nicht lesen.
room-key-about = Was hier geschrieben wird, ist mit diesem Schlüssel verschlossen. Computer von Leuten im Raum geben ihn einander von selbst; der Server hat ihn nur, wo er bei verlorenen Computern hilft. Braucht der Raum einen neuen, wird er erzeugt, und die Nummer steigt: Du musst nichts tun.
room-roles = Wer den Raum besitzt, darf alles. Admins laden Leute ein, schließen Links, entscheiden, ob auch Mitglieder einladen dürfen, und entfernen einfache Mitglieder. Mitglieder lesen und schreiben.
change = Ändern
leave-as-is = So lassen
rename = Umbenennen
