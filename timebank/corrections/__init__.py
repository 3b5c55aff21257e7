"""Corrections of the books: adjustments, reversals of any entry, and the sign-off of months. Each takes two people."""
