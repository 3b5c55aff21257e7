"""Offers and requests: what members can do for one another, found by category, by words and by area."""
