"""Mutation testing: small changes to the code, each run against the nearby tests."""
