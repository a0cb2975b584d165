"""The Issuer Security Domain: all its commands together."""

from __future__ import annotations

from .content_commands import ContentCommands
from .kind import KIND
from .status_commands import StatusCommands


class IssuerSecurityDomain(ContentCommands, StatusCommands):
    """A card manager for a card with any other applets (see CardManager)."""

    section = "IssuerSecurityDomain"
    secret_instructions = frozenset(secret.ins for secret in KIND.secrets)
