"""A pcscd of our own: the daemon, its directories, hot-plugged devices, its compiled parts."""
