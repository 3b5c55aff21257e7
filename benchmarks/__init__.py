"""Benchmarks, run by `make bench`. They are not part of the tests."""
