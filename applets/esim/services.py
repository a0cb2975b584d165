"""Services of an eUICC for profiles: listed in EUICCInfo2, required by packages.

One table for both, so that a card never claims a service for which it refuses a package.
Spec: GSMA SGP.22, UICCCapability; TCA eUICC Profile Package, ServicesList.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Service(IntEnum):
    """Services by their bit in UICCCapability. Names as in ServicesList, with `_` for `-`."""

    CONTACTLESS = 0
    USIM = 1
    ISIM = 2
    CSIM = 3
    MILENAGE = 4
    CAVE = 5
    TUAK128 = 6
    TUAK256 = 7
    USIM_TEST_ALGORITHM = 8
    GBA_USIM = 10
    GBA_ISIM = 11
    MBMS = 12
    EAP = 13
    JAVACARD = 14
    MULTOS = 15
    MULTIPLE_USIM = 16
    MULTIPLE_ISIM = 17
    MULTIPLE_CSIM = 18
    BER_TLV = 19
    DFLINK = 20
    CAT_TP = 21
    GET_IDENTITY = 22
    PROFILE_A_X25519 = 23
    PROFILE_B_P256 = 24
    SUCICALCULATORAPI = 25
    DNS_RESOLUTION = 26
    SCP11AC = 27
    SCP11C_AUTHORIZATION_MECHANISM = 28
    S16MODE = 29
    EAKA = 30
    IOTMINIMAL = 31
    SUCI_NSWO = 32


PROVIDED = frozenset(
    {
        Service.USIM,
        Service.ISIM,
        Service.CSIM,  # its files; authentication in a CDMA network is CAVE
        Service.MILENAGE,
        Service.TUAK128,
        Service.TUAK256,
        Service.USIM_TEST_ALGORITHM,
        Service.GBA_USIM,
        Service.GBA_ISIM,
        Service.MULTIPLE_USIM,
        Service.MULTIPLE_ISIM,
        Service.MULTIPLE_CSIM,
        Service.BER_TLV,
        Service.DFLINK,
        Service.GET_IDENTITY,
        Service.PROFILE_A_X25519,
        Service.PROFILE_B_P256,
        Service.SUCI_NSWO,
        Service.SCP11AC,
        Service.S16MODE,
        Service.IOTMINIMAL,
    }
)
"""The services that this code provides. Add a service together with its code."""


def missing(names: Iterable[str], provided: frozenset[Service] = PROVIDED) -> list[str]:
    """List the services of a ServicesList that are not provided, unknown names among them."""
    known = {service.name for service in provided}
    return [name for name in names if name.upper().replace("-", "_") not in known]
