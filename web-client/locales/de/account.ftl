### Das eigene Konto und seine Computer.
