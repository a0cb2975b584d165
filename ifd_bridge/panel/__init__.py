"""A front panel for a running world: readers with keypads, displays and cards.

Everything goes through the control protocol (ifd_bridge/control); there is no second way to steer.
"""
