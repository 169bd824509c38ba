### Verbindung, andere Tabs, Aktualisierungen, Benachrichtigungen, lange Arbeit.
