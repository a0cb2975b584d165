"""Real SIM models whose keys are files: writing these files programs the card.

The layouts are those of sysmocom's cards in pySim.
"""
