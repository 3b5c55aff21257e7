"""Do the books balance? Every room says what must be true of its rows; this one asks them all."""
