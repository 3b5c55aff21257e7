"""A made-up village, for try-outs, pictures and browser tests. Its people do everything through the actions."""
