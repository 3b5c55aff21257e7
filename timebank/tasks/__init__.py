"""The brokers' to-do list. A task points to its subject by an opaque reference, such as `member:K7M3Q2XZ`."""
