"""Code shared by several cards: PINs, kinds of keys, certificates, block ciphers, DER, options.

Nothing here knows a card. Modules that need `cryptography` are imported by name, so that a card
without keys needs no package.
"""
