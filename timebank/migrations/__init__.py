"""How the tables came to be, step by step. Each step runs on both databases and can be taken back."""
