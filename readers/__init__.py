"""Smart card readers: the USB CCID device class 1.1, without any I/O."""
