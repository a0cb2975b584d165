"""For tests: the pytest plugin, the fixture `piv`, and a PC/SC client."""
