"""How somebody joins: applying, being interviewed, references, induction, admission."""
