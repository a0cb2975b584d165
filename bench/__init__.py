"""Benchmarks: the cost of the bridge, compared with the fastest possible baseline."""
