### Ein Raum: Nachrichten, was man schreibt, wer es gelesen hat.
