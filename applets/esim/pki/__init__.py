"""Test certificates for eSIM cards and their servers: who issues what to whom."""

from .hierarchy import DEMO_START, SERVER_NAME, Chain, Pki

__all__ = ["DEMO_START", "SERVER_NAME", "Chain", "Pki"]
