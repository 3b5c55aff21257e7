"""The rules of the books in pure Python: hours, accounts, entries, balances, and the Merkle tree over them.

Imports only the standard library and `timebank.errors`, so that it can be read and tested without a database.
"""
