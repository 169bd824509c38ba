### Das eigene Konto und seine Computer.

account-title = Dein Konto
account-loading = Dein Konto wird nachgeschlagen …
account-server = Dieser Server gehört dir. Sieh, was er tut, Raum für Raum und Computer für Computer.
account-watch = Den Server beobachten
change-email-follows = An die neue Adresse geht ein Code. Die alte gilt, bis du ihn eingegeben hast.
new-email = Neue Adresse
your-password = Dein Passwort
change-email = Adresse ändern
change-handle-follows = Die Leute in deinen Räumen sehen den neuen, sobald ein Computer von dir verbunden ist, der dort freigegeben ist.
new-handle = Neuer Benutzername
change-handle = Benutzernamen ändern
change-password-follows = Deine anderen Computer werden abgemeldet und brauchen das neue Passwort, um sich wieder anzumelden. Was sie lesen können, bleibt auf ihnen.
present-password = Jetziges Passwort
change-password = Passwort ändern

## Computer.

computers = Deine Computer
computers-lead = Jeder hat eigene Schlüssel und wird für sich in deine Räume gelassen. Die Leute in deinen Räumen sehen seinen Namen, ob er verbunden ist, wann er es zuletzt war und wie weit er ist; alles andere wird nur dir gezeigt, und wer den Server betreibt, kann es nachsehen.
computers-loading = Deine Computer werden nachgeschlagen …
computers-none = Noch hat kein Computer von dir Schlüssel.
this-computer = dieser Computer
computer-rooms = Liest deine Räume
computer-rooms-none = Keinen: nicht freigegeben
computer-rooms-some = { $rooms } von { $of }
computer-rooms-by = { $rooms } von { $of }; freigegeben auf „{ $by }“, { $when }
computer-rooms-at = { $rooms } von { $of }; freigegeben, { $when }
computer-platform = System
computer-connection = Verbindung
computer-connected = Verbunden
computer-signed-in = Angemeldet, nicht verbunden
computer-signed-out = Abgemeldet
computer-availability = Für andere bist du
computer-ip = Adresse im eigenen Netz
computer-no-ip = Keine: Browser verraten sie nicht
computer-port = Port, auf dem er lauscht
computer-no-port = Keiner: Browser lauschen nicht
computer-last-seen = Zuletzt verbunden
computer-now = Jetzt
computer-last-activity = Zuletzt benutzt
computer-since = Bekannt seit
computer-positions = Wie weit er in jedem Raum ist
computer-positions-lead = Was in einem Raum kommt, Nachrichten und Änderungen am Raum selbst, ist nummeriert. Der Server merkt sich, bis zu welcher Nummer dieser Computer es hat und bis zu welcher du es hier angesehen hast.
computer-position = Hat alles bis { $delivered }, angesehen bis { $read }
computer-name = Name des Computers
computer-name-hint = Damit du und die Leute in deinen Räumen deine Computer unterscheiden können.

## Anmeldungen, und das Abmelden.

sessions = Wo du angemeldet bist
sessions-lead = Jeder Browser und jede App, die sich bei deinem Konto angemeldet und nicht abgemeldet hat.
session-no-keys = Ein Computer, der noch keine Schlüssel hat
session-used = Angemeldet: { $since }. Zuletzt benutzt: { $used }
session-in-use = Angemeldet: { $since }. Gerade in Benutzung
end-session-follows = Der Computer wird sofort abgemeldet. Seine Schlüssel bleiben auf ihm, und wer sich dort wieder anmeldet, kann sie benutzen. Wurde er verloren oder gestohlen, tu mehr: Sperr ihn in der Liste deiner Computer aus deinen Räumen aus, und ändere dein Passwort.
end-session-now = Abmelden
leave-it = Lassen
sign-out-follows = Die Schlüssel zu deinen Räumen bleiben auf diesem Computer, gut verschlossen, und warten auf dich.
forget-computer = Auch Schlüssel und Nachrichten von diesem Computer entfernen
forget-computer-follows = Um deine Räume hier wieder zu lesen, müsste dieser Computer erst freigegeben werden. Hast du keinen anderen, der sie liest, muss dich jemand anders hereinlassen.
sign-out-here = Hier abmelden
sign-out-everywhere = Überall abmelden
sign-out-everywhere-follows = Beendet jede Anmeldung deines Kontos, auch auf diesem Computer. Die Schlüssel bleiben auf jedem.
stay-signed-in = Angemeldet bleiben

## Was geändert wurde.

done-email = Deine Adresse ist geändert.
done-handle = Dein Benutzername ist geändert.
done-password = Dein Passwort ist geändert. Deine anderen Computer sind abgemeldet.
done-computer = Der Computer heißt jetzt anders.
done-session = Der Computer ist abgemeldet.
done-everywhere = Du bist überall abgemeldet.

## A computer that asks to be approved.

approval-title = Ist das dein neuer Computer?
approval-lead = Jemand hat sich mit deinem Passwort und dem zugemailten Code bei deinem Konto angemeldet und möchte deine Räume auf diesem Computer lesen:
approval-name = Computer
approval-when = Gefragt
approval-from = Von der Adresse
approval-compare = Vergleiche diese Ziffern mit denen auf seinem Bildschirm:
approval-why = Alle sechs Gruppen gleich? Dann steht niemand dazwischen. Ist auch nur eine Ziffer anders, ist es nicht der Computer, vor dem du sitzt.
approval-same = Alle Ziffern sind gleich: freigeben
approval-differ = Eine Ziffer ist anders, oder es ist nicht meiner: ablehnen
approval-later = Du bist gerade nicht an dem Computer? Schließ das hier. Die Frage bleibt einen Tag lang auf der Seite deines Kontos.
approval-done-title = Freigegeben
approval-done = „{ $name }“ darf jetzt in deinen Räumen lesen und schreiben. Sie öffnen sich dort von selbst.
approval-refused-title = Abgelehnt
approval-refused = „{ $name }“ ist abgemeldet und liest nichts. Hast du dich selbst nirgends angemeldet, kennt jemand dein Passwort: Ändere es gleich, auf der Seite deines Kontos.
computer-asks = Er möchte freigegeben werden.
computer-look = Ansehen
sign-in-refused = Ein anderer Computer dieses Kontos hat diesen abgelehnt, darum wurde er abgemeldet. Ist es doch deiner? Melde dich noch einmal an und vergleiche jede Ziffer.
sign-in-replaced = Ein anderer Computer hat den Platz von diesem eingenommen, weil dieser verloren sei: Darum wurde er abgemeldet. Warst du das nicht, dann kennt jemand dein Passwort und liest deine Mails. Ändere zuerst das Passwort deines Postfachs, setze dann hier ein anderes („Passwort vergessen?“), und sag es denen, denen deine Räume gehören.
