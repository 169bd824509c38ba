### Die Liste der Räume, Leute, Einladungen, Einstellungen eines Raums.
