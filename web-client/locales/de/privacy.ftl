### Was dieser Server speichert. Jeder Satz stimmt für den Server, von dem die Seite kam: siehe docs/SECURITY.md.

privacy = Datenschutz
privacy-lead = Was dieser Server speichert, wer was lesen kann und wen du fragen kannst. Es ist ein eigener Server: Wer ihn betreibt, hat die Daten, und sonst bekommt sie niemand von ihm.

privacy-messages = Was du schreibst
privacy-messages-encrypted = Nachrichten werden auf deinem Computer verschlüsselt (verschlossen), für die Computer der Leute im Raum. Der Server bewahrt sie auf und stellt sie zu. Einen Schlüssel, um sie zu lesen, hat er nicht, außer für das, was geschrieben wurde, während über dem Raum „Wiederherstellung: mit Hilfe des Servers“ stand.
privacy-messages-around = Was der Server von einer Nachricht sieht: in welchem Raum und von welchem Computer sie kam, wann sie gesendet und empfangen wurde, wie lang sie ist, auf welche Nachricht sie sich bezieht und wie weit gelesen hatte, wer sie schrieb.
privacy-messages-names = Namen von Räumen, von Leuten und von Computern sind nicht verschlüsselt: Sie stehen im Klartext auf dem Server, ebenso, wer in welchem Raum ist, in welcher Rolle, und wer wen hereingelassen hat.
privacy-messages-presence = Die Leute in deinen Räumen sehen, ob du da bist, wann du zuletzt da warst und bis zu welcher Nachricht du empfangen und gelesen hast. Du kannst unsichtbar sein; Lesebestätigungen werden trotzdem gezeigt.

privacy-keys = Schlüssel
privacy-keys-made = Jeder Computer erzeugt seine eigenen Schlüssel. Die geheime Hälfte verlässt ihn nie. Im Browser ist sie verschlüsselt gespeichert; das schützt nicht vor jemandem, der dein Browserprofil benutzen kann, also sperre deinen Bildschirm.
privacy-keys-kept = Raumschlüssel liegen auf dem Server, für jeden Computer so verschlossen, dass nur er sie öffnen kann. Wer den geheimen Schlüssel eines Computers und die Datenbank des Servers in die Hand bekommt, kann lesen, was für ihn aufbewahrt ist, auch von früher.
privacy-keys-invites = Ein Einladungslink lässt Leute herein. Wo Neue alles lesen dürfen, öffnet der Link zusammen mit der Datenbank des Servers den Raum: Verschicke Links wie einen Schlüssel.

privacy-operator = Was kann, wer den Server betreibt
privacy-operator-program = Igoon behauptet nicht, dass der Betreiber niemals etwas erfahren könnte. Im Browser kommt das Programm selbst von diesem Server: Wer es dort verändert, könnte mitlesen, und du sähest es nicht.
privacy-operator-sees = Mit dem Programm, wie es ist, kann der Betreiber alles lesen, was auf dieser Seite nicht verschlüsselt heißt, und Nachrichten zurückhalten und verzögern; nicht sie lesen, und nicht unbemerkt Leute in einen Raum bringen. Was mit Hilfe des Servers geschrieben wurde, ist die Ausnahme: Wer den Hauptschlüssel des Servers und seine Datenbank hat, kann es mit einem anderen Programm lesen, und niemand sähe es.
privacy-operator-accounts = Der Betreiber kann, wie jemand mit deinem Postfach, mit einem Code per Mail dein Konto übernehmen. Das allein öffnet keinen Raum: Jemand im Raum muss einen neuen Computer hereinlassen, vergleicht Ziffern mit dir, und alle dort sehen es. Wo nach einer Ankündigung von 72 Stunden wieder hereinkommt, wer den Raum besitzt, ließe sich darauf warten; die Ankündigung sehen alle, und Admins und alle, denen der Raum gehört, können widersprechen.

privacy-accounts = Dein Konto
privacy-accounts-you = Gespeichert sind deine E-Mail-Adresse, dein Name, eine unkenntlich gemachte Form deines Passworts (ein Argon2id-Hash), wann das Konto angelegt und das Passwort gesetzt wurde und wann du dich zuletzt angemeldet hast. Andere sehen den Namen, nicht die Adresse.
privacy-accounts-sessions = Für jeden Ort, an dem du dich angemeldet hast: welcher Browser oder welche App, wann es begann, wann es zuletzt benutzt wurde (auf die Stunde) und wann es endete; auch, ob ein anderer Computer diesen abgelehnt oder ersetzt hat. Das Geheimnis der Anmeldung selbst ist unkenntlich gespeichert (als Hash).
privacy-accounts-codes = Für Codes per Mail: wofür, an welche Adresse, von welchem Browser oder welcher App und wie viele Versuche es gab; der Code unkenntlich (als Hash), und verschlüsselt, bis er verschickt ist. Wo du einen eingegeben hast, wird auch gespeichert, damit du es nicht jedes Mal musst.

privacy-devices = Deine Computer
privacy-devices-stored = Für jeden Computer: seine öffentlichen Schlüssel, Name und System, die er angab, wann er bekannt gemacht, zuletzt verbunden und zuletzt benutzt wurde (auf die Minute), was du für andere sein willst und wie weit er jeden Raum empfangen und gelesen hat. Eine App, die im eigenen Netz lauscht, gibt auch Adresse und Port dort an; Browser geben beides nicht.
privacy-devices-asking = Von einem Computer, der auf seine Freigabe wartet: wann und von welcher Netzadresse aus er gefragt hat; das wird deinen anderen Computern gezeigt. Mit der Antwort wird es gelöscht; ohne Antwort gilt es nach einem Tag nicht mehr und wird gelöscht, wenn der nächste fragt.
privacy-devices-shown = Alles davon siehst du unter Dein Konto. Die Leute in deinen Räumen sehen die Namen und öffentlichen Schlüssel deiner Computer, was du für andere sein willst, wann jeder zuletzt verbunden war und wie weit er empfangen und gelesen hat; alles andere wird nur dir gezeigt.

privacy-recovery = Wenn du deine Computer verlierst
privacy-recovery-choice = Mit Passwort und Code per Mail behältst du das Konto und siehst Namen und Leute deiner Räume. Damit ein neuer Computer dort wieder liest, lässt ihn jemand im Raum herein. Wie, ist für jeden Raum gewählt und steht über ihm, für alle sichtbar.
privacy-recovery-devices = „Nur Computer im Raum“: Der neue Computer bekommt die Schlüssel von einem anderen dort, nur für ihn verschlossen. Der Server bekommt von dieser Wahl an keine. Mit dem letzten Computer eines solchen Raums kann niemand mehr öffnen, was dort geschrieben wurde.
privacy-recovery-server = „Mit Hilfe des Servers“: Der Server hat einen Schlüssel zu dem, was ab dieser Wahl geschrieben wird, bis der Raum anders wählt; was er bis dahin hat, behält er. Das Programm benutzt ihn für einen Computer, den jemand mit Passwort freigegeben hat, dem der Raum gehört (oder, wo der Raum das sagt, ein Admin), macht vorher einen Eintrag im Protokoll des Raums und gibt sonst nichts heraus. Das verspricht das Programm, nicht das Schloss: Wer das Programm ändert oder seinen Hauptschlüssel und seine Datenbank hat, kann einen solchen Raum unbemerkt lesen.
privacy-recovery-kit = „Mit einem Code auf Papier“: Die Schlüssel liegen auf dem Server, verschlossen mit dem Code, den er nicht hat. Wer das Papier und die Daten des Servers hat, oder das Papier und ein Konto, dem der Raum gehört, kann den Raum lesen.
privacy-recovery-stored = Bittet ein Computer, wieder hereinzukommen, speichert der Server seinen Namen, sein System, seine öffentlichen Schlüssel und wann er gebeten hat, und zeigt das sieben Tage lang dir und denen, die antworten dürfen. Was sie geantwortet haben und wer widersprochen hat, bleibt im Protokoll des Raums.

privacy-diagnostics = Diagnosedaten
privacy-diagnostics-none = Es werden keine gesammelt. Die Seite lädt nichts von anderswo, zählt nichts und verschickt keine Fehlerberichte.
privacy-diagnostics-log = Das Protokoll des Servers hat eine Zeile für jede Anfrage (eine Kennung, die Art der Anfrage, wie sie ausging, wie lange sie dauerte) und was schiefging; in der üblichen Einstellung keine Adressen von Leuten, keine Namen, Nachrichten oder Codes. Wie lange das Protokoll aufbewahrt wird, entscheidet der Betreiber. Ein Proxy vor dem Server kann ein eigenes führen, mit deiner Netzadresse.

privacy-retention = Wie lange es gespeichert ist, und warum
privacy-retention-messages = Nachrichten und was um sie herum steht
privacy-retention-messages-why = Bis der Betreiber die Daten des Servers löscht: Die Leute in einem Raum können seinen Verlauf von jedem ihrer Computer aus lesen. Diese Version kann einzelne Nachrichten nicht löschen.
privacy-retention-account = Konto, Computer, Räume und wer darin ist
privacy-retention-account-why = Bis der Betreiber die Daten des Servers löscht: Unterschriebene Aufzeichnungen eines Raums sagen, wer darin lesen darf. Diese Version kann Konten nicht löschen.
privacy-retention-sessions = Anmeldungen
privacy-retention-sessions-why = Eine Anmeldung endet { $days ->
        [one] einen Tag
       *[other] { $days } Tage
    } nach ihrer letzten Benutzung. Was von ihr gespeichert ist, wird einen Tag nach ihrem Ende gelöscht, sobald du dich irgendwo neu anmeldest. Hat sie ein anderer Computer beendet, bleibt es so lange, wie sie sonst gegolten hätte, damit ihr Computer erfährt, warum.
privacy-retention-sessions-always = Sie enden einige Zeit nach ihrer letzten Benutzung. Was von ihnen gespeichert ist, wird einen Tag nach ihrem Ende gelöscht, sobald du dich irgendwo neu anmeldest. Hat sie ein anderer Computer beendet, bleibt es so lange, wie sie sonst gegolten hätte, damit ihr Computer erfährt, warum.
privacy-retention-codes = Codes per Mail
privacy-retention-codes-why = Ein Code gilt zehn Minuten. Die Aufzeichnung von ihm geht einen Tag, nachdem er ungültig wurde, sobald der nächste Code verlangt wird: Sie begrenzt das Raten, auch bei Adressen ohne Konto.
privacy-retention-mails = Mails
privacy-retention-mails-why = Bis sie verschickt sind oder zu spät kämen.
privacy-retention-mails-folder = Dieser Server verschickt keine Mails: Sie bleiben dort im Klartext in einem Ordner, bis der Betreiber sie löscht. Das ist zum Ausprobieren.
privacy-retention-sources = Von wo du dich verbindest
privacy-retention-sources-why = Wird nicht gespeichert, außer von einem Computer, der auf seine Freigabe wartet (siehe oben). Gegen Missbrauch werden Netzadressen nur im Arbeitsspeicher gezählt, unkenntlich gemacht, und beim Neustart des Servers vergessen.

privacy-contact = Wen du fragen kannst
privacy-contact-who = Wer diesen Server betreibt, antwortet unter:
privacy-contact-none = Wer diesen Server betreibt, hat hier nicht gesagt, wie man ihn erreicht. Frag, wer dich eingeladen hat.
privacy-asking = Der Server wird gefragt …
privacy-version = Auf diesem Server läuft Igoon { $version }.
