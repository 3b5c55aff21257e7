"""The idea of the books, without a database: hours, accounts, entries, balances and what must always be true.

It imports nothing but the standard library, so that it can be read, tested and trusted on its own.
"""
