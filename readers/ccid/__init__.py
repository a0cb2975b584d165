"""USB CCID 1.1 as it is on the wire; nothing here knows a reader."""
