"""Real SIM models whose keys are files: writing these files programs the card.

The layouts are those that pySim knows for sysmocom's cards.
"""
