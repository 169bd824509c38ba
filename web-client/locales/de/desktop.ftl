### Die Desktop-App: welcher Server, und was die App selbst nicht konnte.

server-address-title = Wo ist dein Server?
server-address-lead = Igoon läuft auf einem eigenen Server, deinem oder dem deiner Gruppe. Gib seine Adresse ein oder füge den Einladungslink ein, den du bekommen hast.
server-address-label = Adresse oder Einladungslink
server-address-hint = Zum Beispiel chat.example.org
server-address-connect = Verbinden
server-address-keep = Bei { $server } bleiben
server-address-now = Dein Server ist { $server }.
server-address-change = Einen anderen wählen

trouble-no-address = Das ist keine Adresse eines Servers. Sie sieht aus wie chat.example.org oder ist ein vollständiger Einladungslink.
trouble-insecure-address = Diese Adresse beginnt mit http://, unterwegs könnte also jeder mitlesen. Nimm die, die mit https:// beginnt.
trouble-no-server = Unter dieser Adresse antwortet nichts. Prüfe die Adresse und ob dieser Computer verbunden ist.
trouble-not-igoon = Unter dieser Adresse antwortet etwas, aber es ist nicht Igoon. Prüfe die Adresse oder frage, wer den Server betreibt.
trouble-not-kept = Dieser Computer konnte sich nicht merken, dass du angemeldet bist. Du bleibst es, bis du Igoon schließt; danach melde dich wieder an.
trouble-not-written = Diese Einstellung konnte nicht gespeichert werden. Schaffe etwas Platz auf der Festplatte und versuche es noch einmal.
trouble-not-shown = Das System zeigt keine Benachrichtigungen an. Sieh in seinen Einstellungen nach.
