"""Readers, their cards and a pcscd that has them, steered as one: a world."""
