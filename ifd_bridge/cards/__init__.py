"""Sources of cards: a SPEC, another process, a real reader; and the stores of their memory."""
