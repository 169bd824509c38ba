### Wer wiederkommt, wenn alle Computer verloren sind: was gewählt ist, bitten, antworten, widersprechen, der Code auf Papier.

## Was zur Wahl steht, in je zwei Sätzen: was ein verlorener Computer bedeutet, und wer dann lesen könnte.

recovery = Wenn jemand alle Computer verliert
recovery-choice = Wie kommt wieder herein, wer alle Computer verloren hat?
recovery-devices = Nur Computer im Raum
recovery-devices-about = Wer den Raum besitzt, lässt den neuen Computer herein, und ein Computer im Raum gibt ihm die Nachrichten. Der Server bekommt keinen Schlüssel dazu; aber mit dem letzten Computer des Raums sind auch seine Nachrichten verloren.
recovery-server = Mit Hilfe des Servers
recovery-server-about = Wer den Raum besitzt, lässt den neuen Computer herein, und der Server gibt ihm die Nachrichten, auch wenn sonst niemand online ist. Dafür hat der Server einen Schlüssel zu diesem Raum: Sein Programm zeigt allen hier, wann es ihn benutzt, aber wer den Server betreibt, könnte das Programm ändern und unbemerkt mitlesen.
recovery-kit = Mit einem Code auf Papier
recovery-kit-about = Wer den Raum besitzt und alle Computer verloren hat, kommt allein wieder herein, mit einem Code, der jetzt gedruckt wird; alle anderen lässt herein, wer den Raum besitzt. Ohne das Papier bekommt der Server keinen Schlüssel zu den Nachrichten; wer das Papier findet, kann sie lesen, wenn auch so ein Konto oder die Daten des Servers offenstehen.
recovery-delay = Zeit für Widerspruch
recovery-delay-about = So lange können andere widersprechen, bevor der neue Computer hereinkommt. Das hilft, wenn jemand ein Passwort gestohlen hat; aber auch wer wirklich einen Computer verloren hat, muss warten.
recovery-delay-none = Keine
recovery-hours = { $count ->
    [one] eine Stunde
   *[other] { $count } Stunden
}
recovery-days = { $count ->
    [one] ein Tag
   *[other] { $count } Tage
}
recovery-admins = Auch Admins lassen Computer herein
recovery-admins-about = Computer einfacher Mitglieder. Über die anderen entscheidet, wer den Raum besitzt.
recovery-announce = Wer den Raum besitzt, kommt nach 72 Stunden auch ohne Freigabe herein
recovery-announce-about = Für den Tag, an dem niemand sonst da ist, dem der Raum gehört. Der Server kündigt es im Raum an und wartet 72 Stunden; Admins, alle, denen der Raum gehört, und die anderen Computer der Person können widersprechen. Wer Passwort und Postfach gestohlen hat, könnte es auch versuchen, ebenso, wer den Server betreibt: Lies die Ankündigung, wenn es eine gibt.
recovery-options = Was noch zur Wahl steht
recovery-change = Ändern
recovery-owner-sets = Ändern kann das, wer den Raum besitzt.
recovery-unknown = Dieser Computer weiß es noch nicht.
recovery-more = Wer wieder herein möchte, und was das bedeutet
recovery-new-code = Neuen Code erzeugen

## Was alle sehen: über dem Raum, in seinen Einstellungen.

recovery-badge-devices = Wiederherstellung: nur Computer im Raum
recovery-badge-server = Wiederherstellung: mit Hilfe des Servers (er hat einen Schlüssel)
recovery-badge-kit = Wiederherstellung: mit einem Code auf Papier
# Wo nur für wenige Buchstaben Platz ist.
recovery-short-devices = Ohne den Server
recovery-short-server = Server hat Schlüssel
recovery-short-kit = Code auf Papier
recovery-objects = { $time } Zeit für Widerspruch, bevor jemand hereinkommt.
recovery-admins-on = Auch Admins dürfen Computer einfacher Mitglieder hereinlassen.
recovery-announce-on = Wer den Raum besitzt, kommt nach einer Ankündigung von 72 Stunden wieder herein, wenn niemand widerspricht.

## Bevor es geändert wird.

deed-recovery-devices = Sollen nur Computer im Raum helfen?
deed-recovery-devices-follows = Von jetzt an haben nur Computer im Raum einen Schlüssel zu dem, was geschrieben wird. Hatte der Server oder ein Code auf Papier einen, bleibt der für alles, was bis jetzt geschrieben wurde. Wer darauf wartet, hereinzukommen, muss noch einmal bitten.
deed-recovery-server = Soll der Server helfen?
deed-recovery-server-follows = Von jetzt an hat der Server einen Schlüssel zu dem, was hier geschrieben wird, und alle sehen das über dem Raum. Was bis jetzt geschrieben wurde, bleibt ihm verschlossen: Das gibt ein Computer im Raum weiter. Wer darauf wartet, hereinzukommen, muss noch einmal bitten.
deed-recovery-kit = Einen Code auf Papier erzeugen?
deed-recovery-kit-follows = Der Code wird gleich gezeigt, und nie wieder, sobald du ihn auf Papier hast: Halte Drucker oder Stift bereit. Von jetzt an gilt nur er; einer von vorher lässt niemanden mehr herein. Wer darauf wartet, hereinzukommen, muss noch einmal bitten.
deed-recovery-besides = Ändern, was dazugehört?
deed-recovery-besides-follows = Es gilt von jetzt an für alle im Raum, und sie können es sehen. Wer darauf wartet, hereinzukommen, muss noch einmal bitten.

## Der Code auf Papier.

kit-title = Schreib diesen Code auf
kit-lead = Mit ihm kommt wieder in { $room } herein, wer den Raum besitzt und alle Computer verloren hat. Er wird gezeigt, bis du ihn auf Papier hast, und dann nie wieder: Niemand kann ihn für dich nachsehen, auch nicht, wer den Server betreibt.
kit-print = Drucken
kit-save = Als Datei sichern
kit-saved = „{ $file }“ ging an deinen Browser. Drucke sie oder leg sie auf einen Stick, und lösche sie hier: Auf diesem Computer geht sie mit ihm verloren.
kit-saved-at = Gesichert als { $path }. Drucke sie oder leg sie auf einen Stick, und lösche sie hier: Auf diesem Computer geht sie mit ihm verloren.
kit-keep = Bewahre das Papier auf, wo dein Ausweis liegt. Nicht neben diesem Computer und nicht im Postfach: Wer es findet und in dein Konto kommt, liest den Raum.
kit-check = Tippe die letzte Gruppe des Codes von deinem Papier ab
kit-check-hint = Damit du jetzt merkst, ob etwas fehlt, und nicht an dem Tag, an dem du ihn brauchst.
kit-check-wrong = Das ist nicht die letzte Gruppe. Sieh noch einmal auf dein Papier.
kit-confirm = Ich habe ihn auf Papier
kit-later = Nicht jetzt
kit-later-follows = Er wird wieder gezeigt, wenn du Igoon das nächste Mal auf diesem Computer öffnest.
kit-paper-title = Code, um wieder in { $room } hereinzukommen
kit-paper-how = Sind alle Computer verloren: Öffne { $server } auf einem anderen, melde dich mit deinem Passwort und dem zugemailten Code an, öffne den Raum und gib diesen Code ein, wo „Mit einem Code auf Papier“ steht.
kit-paper-made = Erzeugt von { $handle }, { $day }. Ein später erzeugter Code ersetzt ihn.
kit-file = Igoon Code auf Papier.txt

## Auf einem Computer, den niemand freigegeben hat: für alle, die keinen anderen mehr haben.

rescue-title = Du hast keinen anderen Computer mehr?
rescue-asked-title = Du hast gebeten, hereingelassen zu werden
rescue-loading = Wie hilft dieser Raum? Einen Moment …
rescue-who = Dann lässt jemand aus dem Raum diesen Computer herein. Bitten kannst du: { $names }
rescue-how-devices = Danach gibt deren Computer diesem hier die Nachrichten.
rescue-how-server = Danach gibt der Server diesem Computer die Nachrichten, zu denen er einen Schlüssel hat, auch wenn alle anderen offline sind.
rescue-how-delay = Andere haben vorher etwas Zeit, zu widersprechen ({ $time }).
rescue-ask = Darum bitten
rescue-nobody = Niemand sonst in diesem Raum kann dich hereinlassen: Er gehört nur dir.
rescue-nobody-how = Taucht ein Computer von dir wieder auf, gib diesen hier dort frei. Sonst lässt sich nicht mehr öffnen, was hier geschrieben wurde: Mach einen neuen Raum, und lade alle dorthin ein.
rescue-asked = Ruf jetzt dort an, oder trefft euch: Lies die Ziffern hier unten vor, Gruppe für Gruppe. Sind sie auf dem anderen Bildschirm dieselben, lässt man dich herein, und diese Seite öffnet sich von selbst. Du hast gebeten: { $when }.
rescue-asked-until = Deine Bitte gilt bis { $until }. Hat bis dahin niemand geantwortet, bitte noch einmal.
rescue-withdraw = Bitte zurückziehen
rescue-waiting = Du bist freigegeben. Diese Seite öffnet sich zu dieser Zeit von selbst, wenn niemand widerspricht: { $from }
rescue-announced = Es ist allen im Raum angekündigt. Diese Seite öffnet sich zu dieser Zeit von selbst, wenn niemand widerspricht: { $from }
rescue-entitled = Du bist hereingelassen. Der Raum öffnet sich gleich …
rescue-over = Du wurdest nicht hereingelassen: Jemand hat widersprochen, es hat zu lange gedauert, oder der Raum hat inzwischen anders gewählt. Ruf an und frag nach. War es ein Versehen, kann man dich immer noch hereinlassen, oder du bittest noch einmal.
rescue-gone = Deine Bitte ist nicht mehr offen: Sie wurde abgelehnt oder ist abgelaufen. Ruf an und frag nach; war es ein Versehen, bitte noch einmal.
rescue-again = Noch einmal bitten
rescue-announce-title = Niemand sonst, dem der Raum gehört, kann helfen?
rescue-announce = Wer diesen Raum besitzt, kommt auch allein wieder herein. Der Server kündigt es hier allen an, wartet 72 Stunden und lässt diesen Computer herein, wenn niemand widersprochen hat.
rescue-announce-ask = Ankündigen lassen
rescue-kit-title = Mit einem Code auf Papier
rescue-kit-lead = Der Code, der für diesen Raum gedruckt wurde, lässt dich sofort herein, ohne Hilfe von anderen.
rescue-kit-field = Code auf Papier
rescue-kit-hint = Groß- oder Kleinbuchstaben, mit oder ohne Striche.
rescue-kit-use = Hereinkommen
rescue-kit-lost = Auch das Papier ist verloren? Dann hilft nur noch jemand, dem der Raum auch gehört, oder ein anderer Computer von dir.

## Wer bittet, für alle, die antworten dürfen.

asks-room = Verlorene Computer: { $room }
asks-mark = { $count ->
    [one] Jemand möchte wieder herein
   *[other] { $count } möchten wieder herein
}
asks-title = Wer wieder herein möchte
asks-none = Gerade bittet niemand.
asks-none-how = Wenn jemand bittet, steht es über dem Raum und in deiner Liste der Räume.
asks-none-others = Bitten sieht, wer sie beantworten darf: { $names }
asks-who = { $name } möchte mit einem neuen Computer herein
asks-computer = Neuer Computer
asks-when = Gebeten
asks-until = Gilt bis
asks-compare = Ruf { $name } an, oder trefft euch, und lass dir diese Ziffern vom anderen Bildschirm vorlesen:
asks-why = Alle sechs Gruppen gleich? Dann ist es dieser Computer. Ist auch nur eine Ziffer anders, oder hast du nicht mit { $name } selbst gesprochen, lehne ab: Jemand könnte das Passwort haben.
asks-lost = Welcher Computer ist verloren?
asks-lost-about = Der gewählte wird aus dem Raum ausgesperrt: Wer ihn findet, liest nichts Neues.
asks-lost-none = Keiner von diesen
asks-lost-which = Sag, welcher Computer verloren ist, oder dass es keiner von diesen ist.
asks-unnamed = Ein Computer ohne Namen
asks-password = Dein Passwort
asks-password-about = Damit niemand Computer hereinlässt, der nur deinen entsperrt vorfindet.
asks-approve = Alle Ziffern sind gleich: { $name } hereinlassen
asks-refuse = Ablehnen
asks-mine = Das ist deine eigene Bitte, von einem anderen Computer. Antworten muss jemand anders.
asks-hands-devices = { $name } ist hereingelassen. Ein Computer im Raum gibt die Nachrichten weiter: Lass diesen noch einen Moment online.
asks-hands-server = { $name } ist hereingelassen, und der Server gibt die Nachrichten weiter. Für dich bleibt nichts zu tun.
asks-handed = { $name } ist hereingelassen, und der Server hat weitergegeben, wozu er einen Schlüssel hat.
asks-over = Beim letzten Mal wurde { $name } nicht hereingelassen: Jemand hat widersprochen, es hat zu lange gedauert, oder der Raum hat inzwischen anders gewählt. Finde heraus, warum, bevor du wieder antwortest.

## Wer darauf wartet, hereinzukommen, für alle, die widersprechen dürfen.

waits-mark = Jemand wird bald hereingelassen
waits-title = Wartet darauf, hereinzukommen
waits-approved = Ein neuer Computer von { $name } ist freigegeben. Er kommt zu dieser Zeit herein, wenn niemand widerspricht: { $from }.
waits-announced = Unter dem Namen { $name }, dem der Raum gehört, wurde gesagt, dass alle Computer verloren sind. Der Server lässt den neuen zu dieser Zeit herein, wenn niemand widerspricht: { $from }.
waits-left = Noch { $left }.
waits-why = Du weißt, dass { $name } keinen Computer verloren hat, oder erreichst dort niemanden? Dann widersprich.
waits-object = Widersprechen
waits-others = Widersprechen können Admins, alle, denen der Raum gehört, und { $name }.
deed-veto = Widersprechen, dass { $name } hereinkommt?
deed-veto-follows = Der neue Computer kommt dann nicht herein, und alle im Raum können sehen, dass du widersprochen hast. War es ein Versehen, kann { $name } noch einmal bitten.
deed-veto-now = Widersprechen
deed-turn-down = Die Bitte von { $name } ablehnen?
deed-turn-down-follows = Der neue Computer kommt dann nicht herein. { $name } erfährt, dass die Bitte nicht mehr offen ist, und kann noch einmal bitten.
deed-turn-down-now = Ablehnen

## Was es bedeutet, auf derselben Seite.

means-title = Wie dieser Raum hilft
means-privacy = Wer was lesen kann: die Seite zum Datenschutz
