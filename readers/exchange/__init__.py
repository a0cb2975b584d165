"""How commands reach the card at each exchange level: APDU, TPDU, character."""
