### Der Weg hinein: Einrichtung, Konten, Codes, was zwischen Besuch und Raum steht.
