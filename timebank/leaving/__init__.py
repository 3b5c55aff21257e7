"""Somebody leaves: their hours go on and their account is closed at zero, in one deed. They can come back."""
