### Was schiefging, und was dagegen hilft.

## Im Browser bemerkt oder auf dem Weg zum Server.

trouble-unreachable = Der Server antwortet nicht. Prüf, ob dieser Computer verbunden ist, und versuch es noch einmal.
trouble-wrong-code = { $tries ->
    [0] Das ist nicht der Code, und es war der letzte Versuch mit ihm. Fordere einen neuen an.
    [one] Das ist nicht der Code. Sieh in die neueste Mail und gib ihn noch einmal ein; ein Versuch bleibt.
   *[other] Das ist nicht der Code. Sieh in die neueste Mail und gib ihn noch einmal ein; { $tries } Versuche bleiben.
}
trouble-wrong-password = Das ist nicht dein jetziges Passwort.
trouble-kit-mistyped = Ein Zeichen fehlt, ist zu viel oder falsch. Vergleiche jede Gruppe mit deinem Papier.
trouble-kit-other = Das ist der Code eines anderen Raums, oder ein neuerer hat ihn ersetzt. Such nach einem neueren Papier.
trouble-kit-none = In diesem Raum gilt kein Code auf Papier mehr, oder der Raum gehört deinem Konto nicht.
trouble-code-forgotten = Für diesen Versuch kommt kein weiterer Code: Er ist zu lange her, oder es wurden schon mehrere geschickt. Füll das Formular noch einmal aus, dann kommt ein neuer.
trouble-storage = Der Browser lässt Igoon nichts speichern. Verlass den privaten Modus oder schaff etwas Speicherplatz, und versuch es noch einmal.
trouble-keys = Der Browser konnte keine Schlüssel für diesen Computer erzeugen. Versuch es noch einmal; wenn es wieder geschieht, aktualisiere den Browser.
trouble-damaged-keys = Die Schlüssel auf diesem Computer sind beschädigt und lassen sich nicht mehr benutzen. Du kannst sie entfernen und dich neu anmelden; der Computer muss dann noch einmal freigegeben werden.
trouble-damaged-records = Ein Teil von dem, was auf diesem Computer gespeichert ist, ist beschädigt. Seine Schlüssel sind in Ordnung: Igoon kann die Räume neu holen. Nachrichten, die noch nicht gesendet waren, sind verloren.
trouble-language = Die Texte in dieser Sprache sind nicht angekommen, Igoon bleibt deshalb bei der bisherigen. Prüf, ob dieser Computer verbunden ist, und wähl sie noch einmal.
trouble-crashed = Igoon ist auf einen eigenen Fehler gestoßen und hat angehalten. Nichts, was gesendet wurde, ist verloren. Lade die Seite neu, um weiterzumachen.

## Vom Server gesagt.

error-other-version = Der Server und diese Seite haben verschiedene Versionen. Lade die Seite neu.
error-too-large = Das ist zu lang. Kürze es.
error-not-signed-in = Du bist nicht mehr angemeldet. Melde dich neu an.
error-forbidden = Das darfst du hier nicht.
error-not-found = Das gibt es nicht mehr.
error-bad-credentials = E-Mail-Adresse und Passwort gehören nicht zusammen. Prüf beide.
error-bad-code = Das ist nicht der Code. Sieh in die neueste Mail und gib ihn noch einmal ein; nach fünf falschen Versuchen brauchst du einen anderen.
error-code-expired = Dieser Code gilt nicht mehr: Er wurde benutzt, durch einen neueren ersetzt, oder es sind zehn Minuten vergangen. Fordere einen anderen an.
error-too-many-tries = Der Code war fünfmal falsch und gilt deshalb nicht mehr. Fordere einen anderen an.
error-too-many-mails = Dafür werden keine Mails mehr geschickt. Gib den neuesten Code ein oder fang von vorn an.
error-bad-setup-code = Das ist nicht der Einrichtungscode, oder er wurde schon benutzt. Der Server zeigt ihn beim Start an.
error-invalid = Etwas im Formular stimmt nicht. Prüf jedes Feld.
error-handle-taken = Diesen Benutzernamen hat schon jemand. Wähl einen anderen.
error-email-taken = Ein anderes Konto hat diese Adresse. Melde dich damit an oder nimm eine andere Adresse.
error-invite-not-valid = Dieser Einladungslink wurde benutzt, ist abgelaufen oder wurde geschlossen. Bitte die Person, die ihn geschickt hat, um einen neuen.
error-log-conflict = Jemand anders hat den Raum im selben Moment geändert. Versuch es noch einmal.
error-clock-skew = Die Uhr dieses Computers geht um mehr als fünf Minuten falsch. Stell sie und versuch es noch einmal.
error-bad-change = Der Server hat die Änderung am Raum nicht angenommen. Lade die Seite neu und versuch es noch einmal.
error-epoch-closed = Der Raum hat einen neueren Schlüssel. Versuch es gleich noch einmal.
error-not-entitled = Dieser Computer darf in diesem Raum nicht schreiben.
error-name-taken = An der Stelle dieser Nachricht steht eine andere. Schreib sie neu.
error-retry-later = Der Server ist beschäftigt. Versuch es gleich noch einmal.
error-rate-limited = Das war zu oft. Warte ein wenig und versuch es noch einmal.
error-rate-limited-wait = Das war zu oft. Versuch es in { $wait } noch einmal.
error-bad-origin = Der Server nimmt diese Adresse nicht an. Öffne Igoon unter der Adresse, die du vom Betreiber hast.
error-internal = Am Server ist etwas kaputtgegangen. Versuch es noch einmal; wer ihn betreibt, findet die Ursache im Protokoll des Servers.
error-unknown = Der Server hat etwas gesagt, das diese Seite nicht versteht. Lade sie neu.

## Wie die Felder eines Formulars sein müssen.

rule-email = Gib eine E-Mail-Adresse ein, etwa name@example.org.
rule-handle = Ein Benutzername hat { $least } bis { $most } Buchstaben, Ziffern, Punkte, Striche oder Unterstriche.
rule-password = Ein Passwort hat mindestens { $least } Zeichen.
rule-setup-code = Gib den Einrichtungscode ein. Der Server hat ihn beim Start ausgegeben.
rule-code = Der Code hat acht Ziffern.
rule-room-name = Der Name eines Raums hat { $least } bis { $most } Zeichen.

## Warum eine Nachricht nicht gelesen werden kann, und was aus ihr wird.

unreadable-no-key = Diese Nachricht kann dieser Computer noch nicht lesen: Ihm fehlt der Raumschlüssel { $key }, einer der Schlüssel, die ein Raum nacheinander benutzt. Sie erscheint von selbst, sobald ein anderer Computer ihn weitergibt.
unreadable-before-joining = Das wurde geschrieben, bevor du dazukamst, und der Raum zeigt Neuen nur, was ab dann geschrieben wird. Es ist mit dem Raumschlüssel { $key } verschlossen, den du nicht bekommst.
unreadable-needs-newer = Diese Nachricht braucht eine neuere Version von Igoon. Lade die Seite neu.
unreadable-bad-signature = Diese Nachricht wurde unterwegs verändert oder ist nicht von der Person, die sie nennt, und wird darum nicht gezeigt. Fehlt dir eine Nachricht, bitte darum, sie noch einmal zu schreiben.
unreadable-not-permitted = Das zählt hier nicht und wird darum nicht gezeigt: Der Computer darf in diesem Raum nicht schreiben, oder es ist für einen anderen Raum oder mit einem alten Schlüssel geschrieben. Du musst nichts tun.
unreadable-replayed = Der Server hat diese Nachricht ein zweites Mal gezeigt oder zu spät, darum wird sie nicht gezeigt. Fehlt dir eine, bitte darum, sie noch einmal zu schreiben.
unreadable-damaged = Diese Nachricht war schon vor dem Senden beschädigt. Bitte die Person, von der sie ist, sie noch einmal zu schreiben.
unreadable-damaged-here = Was dieser Computer von dieser Nachricht gespeichert hat, ist beschädigt. Hol sie neu.

## Warum einem Raum nicht weiter gefolgt wird.

alarm-needs-newer = Jemand hier benutzt eine neuere Version von Igoon. Lade die Seite neu, um weiter zu lesen und zu schreiben. Hilft das nicht, bitte die Person, die den Server betreibt, ihn zu aktualisieren.
alarm-log-broken = Die Aufzeichnungen des Raums passen nicht zusammen: Vielleicht hat sie jemand auf dem Server verändert. Nichts Neues davon wird geglaubt.
alarm-log-forked = Der Server zeigt diesen Raum verschiedenen Leuten verschieden.
alarm-rolled-back = Der Server zeigt weniger von diesem Raum, als dieser Computer schon gesehen hat. Was hier gespeichert ist, wird weiter gezeigt.
alarm-restored = Der Server wurde auf eine ältere Kopie zurückgesetzt, und dieser Raum ist dort anders weitergegangen, als dieser Computer ihn kennt.
alarm-second-key = Ein Computer dieses Raums hat einen zweiten Schlüssel mit der Nummer { $key } ausgegeben. Es darf nur einen geben, darum wird der zweite nicht benutzt.
alarm-wider-release = Der Server hat diesem Computer den Raumschlüssel { $key } gegeben, und niemand im Raum hatte das erlaubt. Der Schlüssel wird nicht benutzt.
alarm-now = Du hast nichts falsch gemacht. Von hier wird nichts gesendet, bis das geklärt ist: Ruf die anderen im Raum an oder trefft euch, statt über diesen Server zu fragen, und sag es der Person, die ihn betreibt.
alarm-restored-now = Du hast nichts falsch gemacht. Was hier gespeichert ist, wird weiter gezeigt; gesendet wird nichts. Frag die Person, die den Server betreibt, ob sie das getan hat, und sprich mit den Leuten im Raum, bevor du dem Server folgst: Änderungen an Leuten und Einstellungen, die nur dieser Computer kennt, werden dann aufgegeben; wer entfernt wurde, wird aber wieder entfernt.
alarm-looked-at = Wir haben gesprochen, und es ist geklärt: weitermachen
alarm-follow-server = Wir haben gesprochen: weiter, wie der Server ihn hat
change-missing = Der Server sagt, er habe eine Änderung von dir hier angenommen, zeigt sie aber nicht. Was du schreibst, wartet so lange auf diesem Computer. Dauert das an, hält sie vielleicht jemand zurück: Sag es den Leuten im Raum auf einem anderen Weg.
