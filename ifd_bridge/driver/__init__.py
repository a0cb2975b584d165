"""What a host driver does above one CCID reader: IFDH calls become CCID messages."""
