"""Access rules for the applications of a phone: the ARA-M, and the same rules as files.

Spec: GlobalPlatform Secure Element Access Control 1.1.
"""
