"""Real SIM models whose keys are files: who writes the files programs the card.

The layouts are those that pySim knows for sysmocom's cards.
"""
