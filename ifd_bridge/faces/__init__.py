"""Other drivers on the same readers: the genuine libccid; plug and unplug."""
