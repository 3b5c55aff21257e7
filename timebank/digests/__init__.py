"""What goes on round a bank, gathered for each member: what suits them, what is asked for near them, and new offers."""
