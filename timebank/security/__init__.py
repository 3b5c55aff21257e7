"""What happened at the doors: sign-ins, refusals, codes, changes of contacts and roles. Kept for a year."""
