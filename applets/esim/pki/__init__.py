"""Test certificates for eSIM cards and their servers."""

from .hierarchy import DEMO_START, SERVER_NAME, Chain, Pki

__all__ = ["DEMO_START", "SERVER_NAME", "Chain", "Pki"]
