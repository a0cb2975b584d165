"""Readers as devices for other drivers: libusb, serial lines, USB hosts elsewhere."""
