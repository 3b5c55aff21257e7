"""Reading what other systems write: the whole of it first, then all of it or nothing."""
