"""`python -m ifd_bridge.cli`: the same as the command `vcard`."""

from . import main

main()
