"""How good the unit tests are: small changes to the code, each run against its own test file."""
