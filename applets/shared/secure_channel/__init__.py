"""GlobalPlatform secure channels: a layer that any applet can sit behind.

`SecuredApplet` takes the commands of SCP02, SCP03 and SCP11 and gives the applet behind it plain
ones; the keys are those of a `SecurityDomain`. Modules here need `cryptography`.
"""
