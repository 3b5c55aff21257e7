"""A Merkle tree over the rows of the books, its signed roots, and the proofs made from it."""
