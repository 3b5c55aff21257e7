"""By which way members are told what waits for them: who is reached how, letters, calls, incoming texts, and STOP."""
