"""How readers reach PC/SC programs: sockets, processes, pcscd and the command line."""
