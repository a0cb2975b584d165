"""How many examples properties are tried with: few at every run, many in `make test`."""

from hypothesis import settings

# How long a test takes is pytest-timeout's business; a deadline would fail on a busy machine.
settings.register_profile("quick", max_examples=10, deadline=None)
settings.register_profile("thorough", max_examples=300, deadline=None)
settings.load_profile("quick")
