"""A measure of the unit tests: small changes to the code, each run against the tests around it."""
