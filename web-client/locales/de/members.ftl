### Was mit den Leuten eines Raums und mit dem Raum selbst geschieht, immer zweimal gefragt; und Räume, die für diesen Computer zu Ende sind.

## Hinter dem Knopf neben einer Person.

member-actions = Was mit { $name } geschehen kann
member-make-owner = Den Raum mitbesitzen lassen
member-make-admin = Zum Admin machen
member-make-member = Zum einfachen Mitglied machen
member-become-admin = Admin werden
member-become-member = Einfaches Mitglied werden
member-pass = Raum übergeben
member-remove = Aus dem Raum entfernen
people-behind = { $count ->
    [one] Einem Computer fehlt der neueste Schlüssel des Raums: Er kann Neues nicht lesen.
   *[other] { $count } Computern fehlt der neueste Schlüssel des Raums: Sie können Neues nicht lesen.
}
people-behind-mend = Jetzt weitergeben
people-unseen = Kam mit einem anderen Computer zurück, und dieser hier hat die 72 Stunden Wartezeit nicht gesehen. Frag { $name }, ob das richtig war, dann vergleicht die Sicherheitsnummern.
people-unseen-own = Ein anderer Computer von dir kam herein, und dieser hier hat die 72 Stunden Wartezeit nicht gesehen. Warst du das nicht? Dann sperr ihn aus, auf der Seite deines Kontos.
key-under-way = Läuft: Das hier verschwindet, sobald der Schlüssel angekommen ist.
people-computers = { $count } Computer

## Die Fragen, und was folgt.

deed-remove = { $name } aus dem Raum entfernen?
deed-remove-follows = { $name } kann nicht lesen, was von da an geschrieben wird, auf keinem Computer. Was schon gelesen wurde, bleibt dort. Offene Einladungslinks werden geschlossen. Eine neue Einladung führt wieder herein.
deed-remove-now = { $name } entfernen
deed-owner = Soll der Raum auch { $name } gehören?
deed-owner-follows = Wem ein Raum gehört, darf hier alles: Leute hereinlassen und entfernen, auch dich, und den Raum weiteren geben. Er gehört auch dir weiterhin.
deed-owner-now = Mitbesitzen lassen
deed-admin = { $name } zum Admin machen?
deed-admin-follows = Admins laden Leute ein, schließen Links und entfernen einfache Mitglieder und deren Computer.
deed-admin-less-follows = Der Raum gehört { $name } dann nicht mehr. Admins laden Leute ein, schließen Links und entfernen einfache Mitglieder und deren Computer.
deed-admin-now = Zum Admin machen
deed-member = { $name } zum einfachen Mitglied machen?
deed-member-follows = { $name } liest und schreibt dann wie alle und lädt nur ein, wenn Mitglieder das dürfen. Links, die für mehr als das erzeugt wurden, werden geschlossen.
deed-member-now = Zum Mitglied machen
deed-step-down = In diesem Raum weniger dürfen?
deed-step-down-admin-follows = Der Raum gehört dir dann nicht mehr, du bist Admin. Ändern kann das nur, wem der Raum gehört; du nicht.
deed-step-down-member-follows = Du bist dann einfaches Mitglied und liest und schreibst. Ändern kann das nur, wem der Raum gehört; du nicht.
deed-step-down-now = Weniger dürfen
deed-pass = Den Raum an { $name } übergeben?
deed-pass-follows = Der Raum gehört dann { $name }, und du wirst Admin. Ändern kann das nur, wem der Raum gehört; du nicht.
deed-pass-now = Raum übergeben
deed-leave = { $room } verlassen?
deed-leave-follows = Alle deine Computer verlassen den Raum. Was von da an geschrieben wird, kannst du nicht lesen. Was auf diesem Computer gespeichert ist, bleibt, und du kannst es hier weiter lesen. Eine neue Einladung führt wieder herein.
deed-leave-now = Raum verlassen
deed-history-all = Neue alles lesen lassen?
deed-history-all-follows = Wer danach beitritt, kann lesen, was vorher geschrieben wurde, so weit zurück, wie es Neuen erlaubt war. Wer schon hier ist, merkt nichts davon.
deed-history-later = Neuen nichts von vorher zeigen?
deed-history-later-follows = Wer danach beitritt, liest, was von da an geschrieben wird, nichts davor. Wer schon hier ist, behält, was lesbar ist.
deed-history-now = Ändern
deed-not = So lassen

## Einstellungen eines Raums.

room-leave = Den Raum verlassen
room-leave-about = Du bekommst nichts mehr davon, auf keinem deiner Computer.
room-leave-last-owner = Nur dir gehört der Raum so, dass jemand handeln kann. Lass ihn zuerst auch jemand anderem gehören, in der Liste der Leute.
room-leave-not-trusted = Dieser Computer ist im Raum nicht freigegeben. Verlass ihn auf einem, der es ist.
room-leave-button = Verlassen
room-history-choice = Neue können lesen
room-history-all-short = Alles
room-history-later-short = Vom Beitritt an
room-history-owner = Ändern kann das, wem der Raum gehört.

## Ein Raum, der für diesen Computer zu Ende ist.

ended-left = Du hast diesen Raum verlassen
ended-removed = Du wurdest entfernt
ended-revoked = Dieser Computer wurde ausgesperrt
ended-withheld = Der Server gibt ihn diesem Computer nicht
ended-left-when = Du hast diesen Raum verlassen ({ $when }).
ended-removed-when = { $who } hat dich aus diesem Raum entfernt ({ $when }).
ended-revoked-when = { $who } hat diesen Computer aus diesem Raum ausgesperrt ({ $when }).
ended-revoked-self-when = Du hast diesen Computer aus diesem Raum ausgesperrt, auf einem anderen Computer ({ $when }).
ended-withheld-when = Der Server gibt diesem Computer diesen Raum nicht und zeigt nichts, was sagt, warum.
ended-stays = Was hier gelesen wurde, bleibt auf diesem Computer. Senden lässt sich nichts.
ended-ask-invite = Wer im Raum ist, kann dich wieder einladen.
ended-new-keys = Um hier wieder zu lesen und zu schreiben, braucht dieser Computer neue Schlüssel. Mach sie hier, und gib ihn dann auf einem anderen deiner Computer frei. Was du geschrieben hast, wartet so lange.
ended-make-keys = Neue Schlüssel für diesen Computer machen
ended-ask-operator = Frag, wer den Server betreibt.

## Ein eigener Computer.

revoke-computer = Aussperren
revoke-computer-follows = Die Schlüssel dieses Computers zählen dann in keinem deiner Räume: Er kann nicht lesen, was von da an geschrieben wird, und nichts, was er schreibt, kommt an. Was auf ihm gespeichert ist, bleibt dort. Rückgängig machen lässt sich das nicht: Um wiederzukommen, braucht er neue Schlüssel und deine Freigabe.
revoke-computer-also = Wurde er verloren oder gestohlen, ändere auch dein Passwort: Das meldet ihn ab.
revoke-computer-now = Aussperren
done-revoked = Dieser Computer ist aus deinen Räumen ausgesperrt. Jeder Raum erfährt es, sobald dieser Computer hier verbunden ist.
