"""A reader as seen from its USB bus: descriptors and control requests."""
