### Der Server, wie ihn sieht, wem er gehört.

server = Dieser Server
server-owner-only = Das sieht nur, wem der Server gehört
server-owner-only-lead = Wie der Server innen arbeitet, wird nur dem Konto gezeigt, das mit dem Einrichtungscode angelegt wurde.
server-to-rooms = Zu deinen Räumen
server-lead = Jeder Raum und jeder verbundene Computer hat einen eigenen Aktor; Speicher, Verzeichnis und Postausgang haben je einen. Nichts hier handelt davon, was Leute schreiben.
server-stale = Nicht aktuell:
server-loading = Der Server wird angesehen …
server-version = Version
server-uptime = Läuft seit
server-memory = Arbeitsspeicher
server-connections = Verbindungen
server-actors = Aktoren
server-handled = Bearbeitete Nachrichten
server-handled-short = Bearbeitet
server-waiting = Wartend
server-errors = Fehler
server-died = Durch einen Defekt beendet
server-commits = Schreibvorgänge
server-last-commit = Der letzte dauerte
server-show = Zeige
server-all-actors = Alle Aktoren
server-kind-count = { $kind } ({ $count })
server-none = Gerade keiner dieser Art.
server-table = Die Aktoren des Servers, alle zwei Sekunden neu
server-kind = Art
server-id = Kennung
server-state = Zustand
server-up = Läuft seit
server-progress = Letzter Fortschritt
server-of = { $depth } von { $bound }
server-pages = Teile der Liste
server-part = { $first } bis { $last } von { $total }
server-earlier = Frühere
server-later = Weitere

## Arten von Aktoren, und was sie tun.

server-kind-store = Speicher
server-kind-directory = Verzeichnis
server-kind-room = Raum
server-kind-device = Computer
server-kind-mailer = Postausgang
server-state-starting = Startet
server-state-active = Tätig
server-state-idle = Untätig
server-state-draining = Fährt herunter
server-state-unavailable = Nicht erreichbar

## Zeitspannen.

server-days = { $days } T { $hours } h
server-milliseconds = { $whole },{ $tenth } ms
server-now = jetzt
server-ago = vor { $span }
