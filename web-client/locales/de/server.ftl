### Der Server, wie seine Eigentümerin ihn sieht.
