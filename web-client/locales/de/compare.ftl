### Sicherheitsnummern vergleichen: ob die Computer von jemandem wirklich seine sind.

compare-menu = Sicherheitsnummern vergleichen
compare-menu-own = Sicherheitsnummern deiner Computer
verified = Überprüft
compare-again = Neu vergleichen
announce-compare = { $name } hat jetzt einen anderen Computer als die, die du verglichen hast. Frag nach, ob er echt ist, und vergleicht die Sicherheitsnummern noch einmal.

## Zwischen den Nachrichten.

line-compare = Du hattest die Sicherheitsnummern mit { $name } verglichen, und dieser Computer war nicht dabei. Frag { $name }, ob er wirklich dazugehört: Oft ist es so. Dann vergleicht noch einmal.
line-compare-now = Neu vergleichen

## Die Nummern.

compare-title = Sicherheitsnummer mit { $name }
compare-title-own = Sicherheitsnummern deiner Computer
compare-how = Seht ihr beide dieselbe Nummer, habt ihr es wirklich miteinander zu tun: Niemand hat sich dazwischengeschoben. Triff { $name }, oder ruf an, damit du weißt, wer es ist. { $name } öffnet diesen Raum, die Liste der Leute und „Sicherheitsnummern vergleichen“ neben deinem Namen. Lest euch die Ziffern vor.
compare-qr = Die Sicherheitsnummer mit { $name } als QR-Code
compare-qr-how = Seid ihr am selben Ort, liest die Kamera eines Telefons die Ziffern von hier ab.
compare-copy = Nummer kopieren
compare-copied = Die Nummer ist kopiert.
compare-entered = Oder füge die Nummer ein, die { $name } dir geschickt hat
compare-entered-hint = Nicht über diesen Server: Er könnte sie unterwegs ändern.
compare-same = Es ist dieselbe Nummer.
compare-other = Es ist eine andere Nummer. Wenn ihr beide jetzt in diesem Raum nachseht, markiere { $name } nicht als überprüft.
compare-missing = Es gibt nichts zu vergleichen: { $name } hat in diesem Raum keinen Computer, oder dieser Computer ist hier nicht freigegeben.
compare-none = Du hast in diesem Raum keinen anderen Computer.

## Die Markierung.

compare-match = Die Ziffern stimmen überein: als überprüft markieren
compare-marked = Du hast { $name } als überprüft markiert.
compare-partly = { $name } hat hier einen Computer, den du nicht verglichen hast. Vergleicht noch einmal, dann markiere wieder.
compare-unmark = Markierung entfernen
compare-differ = Stimmen sie nicht überein, seht beide jetzt noch einmal nach: Die Nummer ändert sich mit jedem Computer, der kommt oder geht. Bleibt es dabei, steht vielleicht jemand zwischen euch. Markiere { $name } nicht, schreib hier nichts Vertrauliches, und sieh unten nach, welchen Computer { $name } nicht kennt.
compare-means = Die Markierung ist deine eigene Notiz, dass die Computer von { $name } in diesem Raum wirklich die richtigen sind. Sie bleibt auf diesem Computer: Weder der Server noch { $name } noch deine anderen Computer erfahren davon. Bekommt { $name } einen weiteren Computer, sagt es dir der Raum, und ihr vergleicht noch einmal.

## Computer für Computer.

compare-each = Computer für Computer
compare-each-how = Die Nummer jedes dieser Computer mit diesem hier. Der andere Bildschirm zeigt dieselbe neben diesem Computer.
compare-each-own = Die Nummer jedes deiner anderen Computer mit diesem hier. Deren Bildschirme zeigen dieselbe neben diesem Computer.
compare-new = Nicht verglichen
