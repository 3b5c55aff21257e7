"""One step until the first release, which may change until then (decision 20)."""
