"""A time bank: its name, where it is to be reached, and the rules that its coordinator sets."""
