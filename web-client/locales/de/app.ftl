### Was alle Seiten teilen: Tage, Rollen, Wartezeiten.

## Tage. $weekday zählt ab 0, einem Montag; $month ab 1.

today = Heute
yesterday = Gestern
weekday = { $weekday ->
    [0] Montag
    [1] Dienstag
    [2] Mittwoch
    [3] Donnerstag
    [4] Freitag
    [5] Samstag
   *[6] Sonntag
}
month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
day = { $weekday }, { $day }. { $month }
day-of-year = { $weekday }, { $day }. { $month } { $year }

## Was jemand darf.

role-owner = Eigentümer:in
role-admin = Admin
role-member = Mitglied

## Wie lange etwas dauert, aufgerundet. Sie stehen nach „in“: „Versuch es in 5 Minuten noch einmal.“

duration-second = einer Sekunde
duration-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
duration-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}

close = Schließen
