"""The host driver above one CCID reader: turns IFDH calls into CCID messages."""
