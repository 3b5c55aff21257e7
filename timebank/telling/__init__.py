"""The ways in which notices reach members: recipients, letters, calls, incoming texts, and STOP."""
