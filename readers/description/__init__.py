"""Reader models from public descriptions: reader lists, `lsusb -v`, captured enumerations.

`parse.devices` reads any of them; `explain` says what a description means.
"""
