"""A GlobalPlatform card manager: an Issuer Security Domain beside any applets.

Spec: GlobalPlatform Card Specification 2.3.1.
"""
