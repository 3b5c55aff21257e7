"""The ledger kept in the database. This room alone writes the books, through one door: an entry.

Sessions that write here carry the books' key in `session.info["books_key"]`.
"""
