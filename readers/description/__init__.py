"""Readers as public descriptions tell them: reader lists, `lsusb -v`, captures of an enumeration.

`parse.devices` reads any of them; `explain` says what a description means.
"""
