"""The border with pcscd: the IFD handler in C, its frames, and the server behind it."""
