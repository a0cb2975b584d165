"""The PIN pad: its keys, one PIN entry, its texts."""
