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
    [one] Ein Computer hat den neuesten Schlüssel des Raums nicht bekommen und kann Neues nicht lesen.
   *[other] { $count } Computer haben den neuesten Schlüssel des Raums nicht bekommen und können Neues nicht lesen.
}
people-behind-mend = Schlüssel jetzt weitergeben
people-unseen = Kam mit einem anderen Computer zurück, nach einer Ankündigung von 72 Stunden, von der dieser hier zu wenig gesehen hat. Ruf { $name } an und frag, ob das richtig war, dann vergleicht die Sicherheitsnummern.
people-unseen-own = Ein anderer Computer von dir kam herein, nach einer Ankündigung von 72 Stunden, von der dieser hier zu wenig gesehen hat. Warst du das nicht? Dann sperr ihn aus, auf der Seite deines Kontos.
key-under-way = Läuft: Dieser Hinweis verschwindet von selbst, sobald der Schlüssel angekommen ist.
people-computers = { $count } Computer

## Die Fragen, und was folgt.

deed-remove = { $name } aus dem Raum entfernen?
deed-remove-follows = { $name } kann nicht lesen, was von da an geschrieben wird, auf keinem Computer. Was schon gelesen wurde, bleibt dort. Offene Einladungslinks werden geschlossen. Eine neue Einladung führt wieder herein.
deed-remove-now = { $name } entfernen
deed-owner = Soll der Raum auch { $name } gehören?
deed-owner-follows = Wer einen Raum besitzt, darf dort alles: Leute hereinlassen und entfernen, auch dich, und den Raum weiteren geben. Er gehört auch dir weiterhin.
deed-owner-now = Mitbesitzen lassen
deed-admin = { $name } zum Admin machen?
deed-admin-follows = Admins laden Leute ein, schließen Links und entfernen einfache Mitglieder und deren Computer.
deed-admin-less-follows = Der Raum gehört { $name } dann nicht mehr. Admins laden Leute ein, schließen Links und entfernen einfache Mitglieder und deren Computer.
deed-admin-now = Zum Admin machen
deed-member = { $name } zum einfachen Mitglied machen?
deed-member-follows = { $name } liest und schreibt dann wie alle und lädt nur ein, wenn Mitglieder das dürfen. Links, die für mehr als das erzeugt wurden, werden geschlossen.
deed-member-now = Zum Mitglied machen
deed-step-down = Rechte in diesem Raum abgeben?
deed-step-down-admin-follows = Der Raum gehört dir dann nicht mehr, du bist Admin. Ändern kann das nur, wer den Raum besitzt; du nicht.
deed-step-down-member-follows = Du bist dann einfaches Mitglied und liest und schreibst. Ändern kann das nur, wer den Raum besitzt; du nicht.
deed-step-down-now = Rechte abgeben
deed-pass = Den Raum an { $name } übergeben?
deed-pass-follows = Der Raum gehört dann { $name }, und du wirst Admin. Ändern kann das nur, wer den Raum besitzt; du nicht.
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
room-leave-last-owner = Außer dir gehört der Raum niemandem, der hier handeln kann. Lass ihn zuerst auch jemand anderem gehören, in der Liste der Leute.
room-leave-not-trusted = Dieser Computer ist im Raum nicht freigegeben. Verlass ihn auf einem, der es ist.
room-leave-button = Verlassen
room-history-choice = Neue können lesen
room-history-all-short = Alles
room-history-later-short = Vom Beitritt an
room-history-owner = Ändern kann das, wer den Raum besitzt.

## Ein Raum, der für diesen Computer zu Ende ist.

ended-left = Du hast diesen Raum verlassen
ended-removed = Du wurdest entfernt
ended-revoked = Dieser Computer wurde ausgesperrt
ended-withheld = Vom Server zurückgehalten
ended-left-when = Du hast diesen Raum verlassen ({ $when }).
ended-removed-when = { $who } hat dich aus diesem Raum entfernt ({ $when }).
ended-revoked-when = { $who } hat diesen Computer aus diesem Raum ausgesperrt ({ $when }).
ended-revoked-self-when = Du hast diesen Computer aus diesem Raum ausgesperrt, auf einem anderen Computer ({ $when }).
ended-withheld-when = Der Server gibt diesem Computer diesen Raum nicht und zeigt nichts, was sagt, warum. Es muss nicht an dir liegen.
ended-stays = Was hier gelesen wurde, bleibt auf diesem Computer. Senden lässt sich nichts.
ended-ask-invite = Wer im Raum ist, kann dich wieder einladen.
ended-new-keys = Um hier wieder zu lesen und zu schreiben, braucht dieser Computer neue Schlüssel. Mach sie hier, und gib ihn dann auf einem anderen deiner Computer frei. Was du geschrieben hast, wartet so lange.
ended-make-keys = Neue Schlüssel für diesen Computer machen
ended-ask-operator = Frag, wer den Server betreibt.

## Ein eigener Computer.

revoke-computer = Aus meinen Räumen aussperren
revoke-computer-follows = Er liest dann in keinem deiner Räume Neues, und nichts, was er schreibt, kommt an. Was auf ihm gespeichert ist, bleibt dort. Rückgängig machen lässt sich das nicht: Um wiederzukommen, braucht er neue Schlüssel, die man dort mit einem Knopf macht, und deine Freigabe.
revoke-computer-also = Wurde er verloren oder gestohlen, ändere auch dein Passwort: Das meldet ihn ab.
revoke-computer-now = Aussperren
done-revoked = Er ist aus deinen Räumen ausgesperrt. Gibt es gerade keine Verbindung, gilt das, sobald dieser Computer hier wieder verbunden ist.
