### Der Weg hinein: Einrichten, Konten, Codes, und was zwischen einem Gast und einem Raum steht.

## Rund um jede Seite.

footer = Über diese Seite
footer-privacy = Datenschutz
step = Schritt { $at } von { $of }

## Das erste Konto, Schritt für Schritt.

set-up-title = Willkommen bei Igoon
set-up-lead = Du bist als Erstes hier. In wenigen Schritten bekommt dieser Server jemanden, dem er gehört, und seinen ersten Raum.
set-up-promise-room = Ein eigener Raum
set-up-promise-room-about = Für ein Team, einen Verein, einen Haushalt. Er läuft auf deinem Server und gehört dir.
set-up-promise-locked = Verschlüsselt auf euren Computern
set-up-promise-locked-about = Der Server stellt zu, was geschrieben wird. Einen Schlüssel dazu hat er nur, wenn du bei verlorenen Computern seine Hilfe wählst.
setup-code = Einrichtungscode
setup-code-hint = Der Server hat ihn beim Start ausgegeben. Er zeigt, dass der Server deiner ist.
set-up-account-title = Lege dein Konto an
set-up-account-lead = Ihm gehören dieser Server und sein erster Raum.
step-welcome = Willkommen
step-account = Dein Konto
step-code = Code per Mail
step-room = Raum benennen
step-invite = Andere einladen
go-on = Weiter
back = Zurück

## Konten.

email = E-Mail-Adresse
email-hint = Dorthin gehen deine Codes. Die Leute in deinen Räumen sehen sie nicht.
handle = Benutzername
handle-hint = Was andere sehen: Buchstaben, Ziffern und . - _
password = Passwort
password-new = Neues Passwort
password-show = Zeigen
password-hide = Verbergen
password-of = das Passwort
password-missing = { $count ->
    [one] Noch ein Zeichen.
   *[other] Noch { $count } Zeichen.
}
password-fair = Lang genug. Mehrere Wörter hintereinander machen es besser.
password-good = Das ist eine gute Länge.
make-account = Konto anlegen

## Mit Einladung.

invited-title = Du bist eingeladen
invited-join = Beitreten
invited-other-title = Tritt nicht mit diesem Link bei
invited-other-room = Was der Server zeigt, ist nicht der Raum, zu dem dieser Link führt: Jemand hat seine Aufzeichnungen verändert. Du hast nichts falsch gemacht. Ruf die Person an, von der du den Link hast, und sag es ihr.
invited-looking = Wohin führt der Link? Einen Moment …
invited-room = ein Raum
invited-people = { $count ->
    [one] Eine Person ist darin
   *[other] { $count } Personen sind darin
}
invited-dead-title = Dieser Link gilt nicht mehr
invited-sign-in-title = Melde dich an, um beizutreten
invited-account = Hast du auf diesem Server schon ein Konto?
invited-new = Neu hier?
join-as = Als { $handle } beitreten
join-lead = Wenn du drin bist, siehst du, was dort geschrieben wurde und wer dabei ist.
join-not-now = Jetzt nicht

## Anmelden.

sign-in = Anmelden
sign-in-title = Bei Igoon anmelden
sign-in-kept = { $handle } war schon auf diesem Computer angemeldet, und die Schlüssel zu den Räumen liegen noch hier, gut verschlossen. Melde dich an, um sie wieder zu benutzen.
sign-in-no-account = Noch kein Konto? Öffne den Einladungslink, den dir jemand aus dem Raum geschickt hat.
forgot = Passwort vergessen?
forgot-title = Ein anderes Passwort
forgot-lead = Gib die Adresse deines Kontos ein. Dorthin geht ein Code, mit dem du ein anderes Passwort setzt. Was dieser Computer lesen kann, bleibt lesbar.
forgot-send = Code schicken
forgot-back = Zurück zum Anmelden
reset-set = Passwort setzen
reset-follows = Überall sonst, wo du angemeldet bist, wirst du abgemeldet.

## Codes per Mail.

code-title = Schau in dein Postfach
code = Code
code-sent = Ein Code mit 8 Ziffern ist unterwegs an diese Adresse. Er gilt zehn Minuten.
code-sent-sign-in = Damit sicher ist, dass du es bist, braucht dieser Browser einen Code. Einer mit 8 Ziffern ist unterwegs an diese Adresse und gilt zehn Minuten.
code-sent-reset = Falls es ein Konto mit dieser Adresse gibt, ist ein Code mit 8 Ziffern unterwegs dorthin. Er gilt zehn Minuten.
code-hint = Du kannst ihn irgendwo auf dieser Seite einfügen, auch die ganze Mail.
code-no-mail = Auf diesem Server sind keine Mails eingerichtet; das ist nur zum Ausprobieren. In deinem Postfach kommt nichts an: Der Code steht im Terminal des Servers. Wer den Server betreibt, kann ihn dort lesen.
code-nothing-came = Nichts gekommen? Schau auch in den Spam-Ordner.
code-resend = Neuen Code schicken
code-resend-in = Ein neuer Code ist in { $wait } möglich.
code-start-over = Adresse ändern oder von vorn beginnen
correct-handle-title = Wähle einen anderen Benutzernamen
correct-handle = Dein Code stimmt und gilt weiter. Nur der Benutzername muss ein anderer sein.
correct-password-title = Wähle ein anderes Passwort
correct-password = Dein Code stimmt und gilt weiter. Nur das Passwort muss ein anderes sein.

## Dazwischen.

keys-title = Die Schlüssel dieses Computers entstehen …
keys-lead = Das kann einige Sekunden dauern, auf jedem Computer einmal. Es geht von selbst.
keys-stay = Sie bleiben hier
keys-stay-about = Ihre geheime Hälfte entsteht auf diesem Computer und verlässt ihn nie. Du musst dir nichts aufschreiben und nichts merken.
keys-why = Wozu sie da sind
keys-why-about = Räume sind verschlossen. Die Computer der Leute darin öffnen sie: deiner mit diesen Schlüsseln.
insecure-title = Diese Adresse ist nicht sicher
insecure = Igoon macht die Schlüssel dieses Computers im Browser. Browser erlauben das nur dort, wo niemand unterwegs die Seite verändern kann, und diese Adresse ist kein solcher Ort.
insecure-visitor = Öffne stattdessen die Adresse, die mit https:// beginnt. Kennst du keine, frag die Person, die den Server betreibt.
insecure-operator = Wenn du diesen Server betreibst
insecure-certificate = Gib dem Server ein Zertifikat: die Einstellungen tls_cert und tls_key.
insecure-proxy = Oder stell einen Proxy davor, der https ausliefert.
insecure-try = Zum Ausprobieren öffne ihn auf dem Computer des Servers unter http://localhost mit demselben Port.
stopped-keys-damaged = Die Schlüssel auf diesem Computer sind beschädigt
stopped-records-damaged = Was hier gespeichert ist, ist beschädigt
stopped-no-keys = Es konnten keine Schlüssel gemacht werden
stopped-no-storage = Hier lässt sich nichts speichern
stopped = Igoon kann nicht weitermachen
stopped-forget = Alles entfernen und neu anmelden
stopped-fetch = Räume neu holen
stopped-reload = Seite neu laden
try-again = Noch einmal versuchen
other-account-title = Dieser Computer hat die Schlüssel von { $stored }
other-account = Du hast dich als { $handle } angemeldet. Ein Browser hält die Schlüssel eines Kontos. Um hier als { $handle } weiterzumachen, werden Schlüssel und Nachrichten von { $stored } von diesem Computer entfernt; um hier wieder zu lesen, bräuchte { $stored } eine Freigabe.
other-account-keep = Behalten und abmelden
other-account-remove = Entfernen und als { $handle } weitermachen
bad-link-title = Dieser Einladungslink ist nicht vollständig
bad-link = Ein Teil ging unterwegs verloren. Kopiere ihn ganz von dort, wo du ihn bekommen hast, oder bitte um einen neuen.
bad-link-go-on = Ohne ihn weiter
not-found-title = Hier ist nichts
not-found = Unter dieser Adresse gibt es keine Seite, oder keine für dieses Konto. Vielleicht ist der Link alt, oder ein Teil ging verloren.
not-found-go = Zu Igoon

## Auf dem Weg in einen Raum.

opening-room = Der Raum entsteht …
opening-join = Du trittst dem Raum bei …
opening-rooms = Deine Räume öffnen sich …
name-room-title = Gib deinem Raum einen Namen
name-room = Ein Team, ein Verein, ein Haushalt: ein Raum für alle darin. Danach lädst du Leute ein.
new-room-title = Ein neuer Raum
new-room = Er hat seine eigenen Leute, Nachrichten und Schlüssel. Danach lädst du Leute ein.
room-name = Name des Raums
room-name-hint = Alle im Raum sehen ihn. Der Server auch.
make-room = Raum anlegen
back-to-room = Zurück zum Raum
no-room-title = Du bist noch in keinem Raum
no-room = Bitte jemanden, der in einem ist, um einen Einladungslink, und öffne ihn in diesem Browser.
sign-out = Abmelden
invite-others-title = Lade Leute zu { $room } ein
invite-others = Der Raum ist da. Mit einem Link legen andere ein Konto an und treten bei; schick ihn auf einem Weg, dem du traust.
invite-others-later = Später
invite-others-done = Zum Raum

## Ein Computer, der angemeldet ist und keine Schlüssel zu seinen Räumen hat.

not-approved-title = Noch ein Schritt: Gib diesen Computer frei
not-approved-or = Oder mit einem anderen Computer von dir
not-approved = Passwort und Code sagen, wer du bist. Aber was hier steht, ist verschlossen, und die Schlüssel liegen auf Computern von Leuten im Raum. Darum muss ein anderer Computer von dir, der diesen Raum schon liest, diesen hier hereinlassen.
not-approved-open = Öffne Igoon auf jenem anderen Computer, mit demselben Konto. Dort geht von selbst ein Fenster auf und fragt nach diesem hier.
not-approved-compare = Vergleiche die sechs Zifferngruppen auf dieser Seite mit denen auf dem anderen Bildschirm.
not-approved-then = Ist jede Ziffer gleich? Gib ihn dort frei. Diese Seite öffnet sich dann von selbst.
not-approved-asking = Deine anderen Computer werden gefragt …
not-approved-waiting = Warten auf einen deiner anderen Computer. Gefragt: { $when }
not-approved-approved = Freigegeben. Deine Räume öffnen sich gleich …
not-approved-again = Noch einmal fragen
not-approved-people = Was du solange sehen kannst: wer im Raum ist.
not-approved-loading = Wer ist im Raum? Einen Moment …

## Die Seite, die alle Teile zeigt.

gallery-title = Die Teile
gallery-lead = Woraus die Seiten von Igoon bestehen, in jedem Zustand.
gallery-buttons = Knöpfe
gallery-button = Tu es
gallery-icon-button = Kopieren
gallery-menu = Mehr
gallery-fields = Felder
gallery-field = Ein Feld
gallery-hint = Was daraus folgt, in einem Satz.
gallery-select = Ein Menü
gallery-text = Mehrere Zeilen
gallery-choices = Auswahl
gallery-first = Erstes
gallery-second = Zweites
gallery-third = Drittes
gallery-switch = An oder aus
gallery-check = Ja oder nein
gallery-segments = Eines von wenigen Wörtern
gallery-cards = Eines von mehreren
gallery-marks = Marken, Scheiben und Zeilen
gallery-tag = Ein Wort
gallery-notices = Hinweise
gallery-sentence = So ist es.
gallery-work = Arbeit und leere Stellen
gallery-progress = Zwei von drei
gallery-empty = Hier ist noch nichts
gallery-over = Über der Seite
gallery-dialog = Ein Dialog
gallery-side = Ein Seitenblatt
gallery-icons = Zeichen
