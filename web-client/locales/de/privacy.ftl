### Was dieser Server aufbewahrt.
