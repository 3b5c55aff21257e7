"""Signing in by password or printed code, revocable sessions, and a limit on guessing."""
