"""Measurements: what the bridge costs, beside what cannot be faster."""
