"""A front panel for a running world: readers with their keypads, displays and cards, to touch.

Everything goes through the control protocol (ifd_bridge.control); there is no second way to steer.
"""
