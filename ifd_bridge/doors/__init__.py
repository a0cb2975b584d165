"""Doors: how a pcscd reaches the readers of a world, through our handler or libccid."""
