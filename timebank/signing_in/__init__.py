"""How people come in: a password or a printed code, sessions that can be ended, and a brake on guessing."""
