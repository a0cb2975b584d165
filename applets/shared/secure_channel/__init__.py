"""GlobalPlatform secure channels: a layer in front of any applet.

`SecuredApplet` handles the commands of SCP02, SCP03 and SCP11 and passes plain ones to the applet;
a `SecurityDomain` holds the keys. Modules here need `cryptography`.
"""
