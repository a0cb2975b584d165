"""How a pcscd reaches the readers of a world: through our handler or the genuine CCID driver."""
