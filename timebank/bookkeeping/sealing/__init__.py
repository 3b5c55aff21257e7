"""A Merkle tree over the rows of the books, its signed roots (seals), and the proofs made from it."""
