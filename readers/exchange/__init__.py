"""The exchange levels: APDU, TPDU, character."""
