"""What `timebank doctor` examines: mail, keys, database, clock and ages; each answer says what to do."""
