### Das Protokoll eines Raums: was getan wurde, von wem, was es erlaubte.

room-log = Was hier geschah
room-log-of = Was in { $room } geschah
room-log-lead = Alles, was je an diesem Raum und an seinen Leuten geändert wurde.
room-log-signed = Jeder Eintrag ist von dem Computer unterschrieben, der ihn gemacht hat: Der Server kann keinen erfinden und keinen ändern. Nur wo er bei verlorenen Computern hilft, unterschreibt er eigene Einträge, als „Der Server“.
room-log-hint = Wer wen hereingelassen hat, mit welchem Computer, wer entfernt wurde, und wann.
room-log-open = Alle Einträge zeigen
log-about = Über
log-everybody = Alle
log-which = Was
log-all = Alles
log-access = Wer hereinkam und wer hinausging
log-older = Ältere zeigen
log-none = Davon ist hier nichts geschehen.
log-loading = Wird nachgesehen …
log-count = { $count ->
    [one] Ein Eintrag wird gezeigt.
   *[other] { $count } Einträge werden gezeigt.
}
log-no-effect = Ohne Wirkung
log-no-effect-means = Was mit „Ohne Wirkung“ markiert ist, hat nichts geändert, und der Grund steht dabei.
log-by = { $time }, auf { $computer }
log-by-key = { $time }, unterschrieben vom Server oder mit dem Code auf Papier
log-server = Der Server
log-computer = einem Computer ohne Namen
log-name-gone = ein gelöschter Name

## Die Einträge.

log-created = { $who } hat diesen Raum angelegt und „{ $name }“ genannt.
log-room-renamed = { $who } hat den Raum „{ $name }“ genannt.
log-handle-renamed = { $who } hat den Namen „{ $name }“ angenommen.
log-computer-renamed = { $who } hat einen Computer „{ $name }“ genannt.
log-invited = { $count ->
    [one] { $who } hat einen Link erzeugt, mit dem bis { $until } eine Person beitreten konnte.
   *[other] { $who } hat einen Link erzeugt, mit dem bis { $until } { $count } Leute beitreten konnten.
}
log-invited-more = { $count ->
    [one] { $who } hat einen Link erzeugt, mit dem bis { $until } eine Person beitreten konnte. Rolle: { $role }.
   *[other] { $who } hat einen Link erzeugt, mit dem bis { $until } { $count } Leute beitreten konnten. Rolle: { $role }.
}
log-invite-closed = { $who } hat einen Einladungslink geschlossen.
log-member-invites = { $who } hat auch einfache Mitglieder einladen lassen.
log-member-invites-not = { $who } hat das Einladen auf Admins beschränkt, und auf alle, denen der Raum gehört.
log-joined = { $who } ist beigetreten, mit einem Link von { $maker }.
log-joined-anew = { $who } ist wieder beigetreten, mit einem anderen Computer als zuvor: { $computer }.
log-joined-somehow = { $who } kam mit einem Link, der nicht von diesem Raum ist.
log-left = { $who } ist gegangen.
log-approved = { $owner } hat einen weiteren eigenen Computer hereingelassen: { $computer }.
log-renewed = Ein Computer von { $owner } hat neue Schlüssel: { $computer }.
log-revoked-own = { $owner } hat einen eigenen Computer ausgesperrt: { $computer }.
log-revoked = { $who } hat einen Computer von { $owner } ausgesperrt: { $computer }.
log-removed = { $who } hat { $target } entfernt.
log-made-owner = { $who } hat den Raum auch { $target } gegeben.
log-made-admin = { $who } hat { $target } zum Admin gemacht.
log-made-member = { $who } hat { $target } zum einfachen Mitglied gemacht.
log-became-admin = { $who } hat den Raum abgegeben und ist Admin.
log-became-member = { $who } ist einfaches Mitglied geworden.
log-passed = { $who } hat den Raum an { $target } übergeben und ist Admin.
log-key = Ein neuer Raumschlüssel, Nummer { $number }: { $reason }.
log-history-all = { $who } lässt Neue alles lesen.
log-history-later = { $who } lässt Neue nur lesen, was nach ihrem Beitritt geschrieben wird.
log-recovery-devices = { $who } hat festgelegt: Wer alle Computer verliert, bekommt die Nachrichten nur von Computern im Raum zurück.
log-recovery-server = { $who } hat festgelegt: Der Server hilft, wenn jemand alle Computer verliert. Er hat von da an einen Schlüssel zu diesem Raum.
log-recovery-kit = { $who } hat festgelegt: Wer den Raum besitzt und alle Computer verliert, kommt mit einem Code auf Papier wieder herein.
log-announced = { $who } hat angekündigt, ab { $until } einen neuen Computer von { $owner } hereinzulassen, wenn niemand widerspricht: { $computer }.
log-recovered = { $who } hat einen neuen Computer von { $owner } nach verlorenem Zugang hereingelassen: { $computer }.
log-recovered-kit = { $owner } kam mit dem Code auf Papier wieder herein: { $computer }.
log-vetoed = { $who } hat widersprochen, dass ein neuer Computer von { $owner } hereinkommt: { $computer }.
log-released = { $who } hat, wie es freigegeben oder angekündigt war, einem Computer von { $owner } den Zugang wiedergegeben: { $computer }.
log-retention = { $days ->
    [one] { $who } hat festgelegt, dass Nachrichten einen Tag aufbewahrt werden.
   *[other] { $who } hat festgelegt, dass Nachrichten { $days } Tage aufbewahrt werden.
}
log-retention-ever = { $who } hat festgelegt, dass Nachrichten für immer aufbewahrt werden.

## Zwischen den Nachrichten.

lines-joined-two = { $first } und { $second } sind beigetreten.
lines-joined = { $count ->
    [one] { $first }, { $second } und eine weitere Person sind beigetreten.
   *[other] { $first }, { $second } und { $count } weitere sind beigetreten.
}
lines-left-two = { $first } und { $second } sind gegangen.
lines-left = { $count ->
    [one] { $first }, { $second } und eine weitere Person sind gegangen.
   *[other] { $first }, { $second } und { $count } weitere sind gegangen.
}
lines-earlier = { $count ->
    [one] Eine Änderung davor.
   *[other] { $count } Änderungen davor.
}

## Was ein Eintrag erlaubte.

log-allows-owner = Darf hier alles, zuerst auf { $computer }.
log-allows-joined = Darf von da an lesen und schreiben, auf { $computer }. Rolle: { $role }.
log-allows-approved = Darf von da an lesen und schreiben. Die Ziffern wurden auf { $by } verglichen.
log-allows-owner-role = Wer den Raum besitzt, darf alles.
log-allows-admin-role = Admins laden Leute ein und entfernen einfache Mitglieder.
log-allows-member-role = Mitglieder lesen und schreiben.
log-allows-nothing = Bekommt nichts, was von da an geschrieben wird.
log-allows-recovery-plain = Wer den Raum besitzt, lässt neue Computer herein, ohne Zeit für Widerspruch.
log-allows-key = Damit sind Nachrichten von da an verschlossen. Das geht von selbst.

## Warum ein neuer Schlüssel.

log-key-created = der Raum wurde angelegt
log-key-joined = jemand ist beigetreten
log-key-lacking = ein Computer hatte den vorigen nicht
log-key-left = jemand ist gegangen
log-key-removed = jemand wurde entfernt
log-key-revoked = ein Computer wurde ausgesperrt
log-key-recovered = ein verlorener Computer wurde ersetzt
log-key-policy = es wurde neu gewählt, wie verlorene Computer ersetzt werden
log-key-age = der vorige war sieben Tage alt

## Warum ein Eintrag ohne Wirkung ist.

log-ignored-not-entitled = Dieser Computer war nicht mehr im Raum.
log-ignored-not-permitted = Das war nicht erlaubt.
log-ignored-invite = Der Link war verbraucht, geschlossen oder abgelaufen.
log-ignored-there = Das war schon im Raum.
log-ignored-keys = Die Schlüssel dieses Computers waren hier schon ausgesperrt.
log-ignored-epoch = Ein anderer Schlüssel war schon da. Das ist harmlos.
log-ignored-reason = Der Grund, den es für einen neuen Schlüssel nennt, ist nie eingetreten.
log-ignored-statement = Was über den Computer gesagt wird, ist nicht so, oder es kam von jemandem, der das hier nicht sagen darf.
log-ignored-not-there = Um wen es geht, war nicht im Raum.
log-ignored-not-approved = Das hatte niemand freigegeben oder angekündigt.
log-ignored-last-owner = Der Raum hätte niemandem mehr gehört.
log-ignored-already = Es war schon so.
log-ignored-not-sensible = Es widerspricht sich selbst.
log-ignored-request = Worum gebeten wurde, ist nicht von diesem Computer oder nicht für diesen Raum.
log-ignored-early = Die Zeit zum Widersprechen war noch nicht vorbei.
log-ignored-late = Es war schon vorbei: zu spät, widersprochen oder getan.

## Jemand kam herein, und dieser Computer hat das Warten davor nicht gesehen.

unseen-tag = Frag nach
unseen-wait = Wer so zurückkommt, wird vorher 72 Stunden lang angekündigt, damit andere widersprechen können. Dieser Computer hat erst davon erfahren, als es vorbei war: Er war solange nicht verbunden, oder der Server hat nicht gewartet.
unseen-wait-partly = { $hours ->
    [one] Wer so zurückkommt, wird vorher 72 Stunden lang angekündigt, damit andere widersprechen können. Davon hat dieser Computer nur eine gesehen: Er war solange nicht verbunden, oder der Server hat nicht gewartet.
   *[other] Wer so zurückkommt, wird vorher 72 Stunden lang angekündigt, damit andere widersprechen können. Davon hat dieser Computer nur { $hours } gesehen: Er war solange nicht verbunden, oder der Server hat nicht gewartet.
}
unseen-ask = Ruf { $name } an und frag, ob das richtig war.
unseen-own = Warst du das nicht? Dann sperr jenen Computer aus, auf der Seite deines Kontos.
