"""The Issuer Security Domain of a SIM card, beside its files.

Spec: GlobalPlatform Card Specification 2.3.1 and its UICC Configuration; ETSI TS 102 226, 8.
"""

from __future__ import annotations

from typing import Protocol

from applets.globalplatform.issuer_domain import IssuerSecurityDomain
from applets.globalplatform.manager import ManagedCard
from applets.uicc.beside_files import BesideFiles, CardWithFiles


class SimWithDomain(ManagedCard, CardWithFiles, Protocol):
    """The card as its security domain sees it."""


class SimIssuerDomain(BesideFiles, IssuerSecurityDomain):
    """The card manager of a SIM: what it does not know belongs to the files or to the toolkit."""

    section = "IssuerSecurityDomain"
    card: SimWithDomain
