"""The operating system and the Python installation, for every room.

Files, unix sockets, threads, locks, environment variables and optional packages; nothing here knows
a card, a reader or PC/SC.
"""
