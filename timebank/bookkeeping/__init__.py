"""The ledger kept in the database. Only this package writes the books, and hours move by one INSERT: an entry.

Here stand the tables, posting and queries; `sealing` signs what was written, `checking` verifies all of it. `checking`
may import `sealing`, and both this package, never the other way round. Sessions that write carry the books' key in
`session.info["books_key"]`.
"""
