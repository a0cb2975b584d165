"""A measure of the unit tests: small changes to the code, each run against its own test file."""
