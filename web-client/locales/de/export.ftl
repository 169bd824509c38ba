### Ein Raum als eigene Datei.

export = Export
export-lead = Deine eigene Kopie von dem, was dieser Computer von diesem Raum lesen kann, als Datei auf diesem Computer. Sie geht nirgendwo sonst hin.
export-as = Wofür die Datei ist
export-document = Zum Lesen
export-document-about = Eine Seite, die jeder Browser öffnet, auch ohne Igoon, und die sich drucken lässt.
export-lines = Für Programme
export-lines-about = JSON Lines: jede Nachricht mit Platz, Absender, Zeiten und Zustand.
export-plain = Die Datei ist nicht verschlüsselt: Wer sie in die Hand bekommt, kann sie lesen.
export-behind = Dieser Computer holt den Raum noch. Etwa { $count } neuere Nachrichten sind noch nicht hier und fehlen dann in der Datei.
export-offline = Es gibt keine Verbindung: Was andere seitdem geschrieben haben, ist nicht auf diesem Computer und fehlt dann in der Datei.
export-other = Gerade wird { $room } exportiert. Danach kann es dieser Raum werden.
export-begin = Exportieren
export-stop = Abbrechen

## Während es läuft.

export-progress = { $room } wird exportiert
export-preparing = Das Gespeicherte wird durchgesehen …
export-count = { $done } von { $of } Nachrichten
export-stopping = Wird abgebrochen …
export-saving = Die Datei wird gespeichert …
export-meanwhile = Du kannst inzwischen woanders hingehen und schreiben. Wenn du Igoon schließt oder dich abmeldest, wird der Export abgebrochen.

## Wie es ausging.

export-saved = { $file } ({ $size }) ist fertig. Der Browser speichert die Datei dort, wo er Downloads aufbewahrt, oder fragt dich, wohin.
export-saved-at = { $file } ({ $size }) ist gespeichert: { $path }
export-again = Noch einmal speichern
export-stopped = Der Export wurde abgebrochen. Es gibt keine Datei.
export-told = Der Export ist fertig: { $file }
export-told-failed = Der Export hat nicht geklappt. Die Einstellungen des Raums sagen, warum.
trouble-disk-full = Für die Datei ist nicht genug Platz. Schaff etwas Speicherplatz und exportiere noch einmal.
trouble-not-saved = Die Datei konnte nicht bei deinen Downloads gespeichert werden. Sieh nach, ob du in diesen Ordner schreiben darfst, und exportiere noch einmal.

## In der Datei zum Lesen.

export-document-by = Exportiert von { $name } am { $date }, { $time }
export-document-messages = { $count ->
    [one] { $count } Nachricht
   *[other] { $count } Nachrichten
}
export-document-behind = Neuere Nachrichten waren noch nicht auf diesem Computer. Sie fehlen hier.
export-document-plain = Diese Datei ist nicht verschlüsselt: Wer sie hat, kann sie lesen.
export-document-waiting = Noch nicht gesendet, als diese Datei entstand

## Warum eine Nachricht nicht darin steht.

export-no-key = Nicht lesbar: Dieser Computer hatte den Raumschlüssel { $key } nicht.
export-before-joining = Nicht lesbar: Sie wurde geschrieben, bevor dieses Konto beitrat, und der Raum zeigt Neuen nur, was danach kommt.
export-needs-newer = Nicht lesbar: Sie braucht eine neuere Version von Igoon.
export-bad-signature = Nicht gezeigt: Sie wurde unterwegs verändert oder ist nicht von der Person, die sie nennt.
export-not-permitted = Nicht gezeigt: Sie kam von einem Computer, der in diesem Raum nicht schreiben darf.
export-replayed = Nicht gezeigt: Der Server hat sie ein zweites Mal gezeigt oder zu spät.
export-damaged = Nicht lesbar: Sie war schon vor dem Senden beschädigt.
export-damaged-here = Nicht lesbar: Was dieser Computer davon gespeichert hatte, ist beschädigt.
