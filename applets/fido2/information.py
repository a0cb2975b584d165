"""authenticatorGetInfo.

Spec: CTAP 2.1, 6.4.
"""

from __future__ import annotations

from typing import Any

from .core import Answer, Core
from .fields import Fields
from .pin_protocols import PROTOCOLS
from .pins import ClientPin
from .settings import CRED_BLOB_BYTES, ID_BYTES, LIST_ITEMS, MIN_PIN_RP_IDS, TRANSPORTS

_LAST_OF_CTAP20 = 6


def get_info(core: Core, _: Fields) -> Answer:
    """Return the authenticator's versions, options and limits."""
    settings = core.settings
    found: dict[int, Any] = {
        1: _versions(core),
        3: settings.aaguid,
        4: _options(core),
        5: settings.max_message,
        6: list(PROTOCOLS),
        7: LIST_ITEMS,
        8: ID_BYTES,
        9: list(TRANSPORTS),
        10: [{"alg": number, "type": "public-key"} for number in settings.algorithms],
        12: ClientPin(core).must_change,
        13: core.store.min_pin,
        14: settings.firmware,
        16: MIN_PIN_RP_IDS,
        20: core.store.free,
    } | _extensions(core)
    if settings.ctap21:
        return found
    return {key: value for key, value in found.items() if key <= _LAST_OF_CTAP20}


def _extensions(core: Core) -> dict[int, Any]:
    """Return the fields that depend on the authenticator's features."""
    settings = core.settings
    found: dict[int, Any] = {}
    if settings.extensions:
        found[2] = list(settings.extensions)
    if settings.large_blob:
        found[11] = settings.large_blob
    if "credBlob" in settings.extensions:
        found[15] = CRED_BLOB_BYTES
    return found


def _versions(core: Core) -> list[str]:
    """The versions; U2F cannot verify a user (CTAP 2.1, 7.2.2)."""
    return [
        version
        for version in core.settings.versions
        if version != "U2F_V2" or not core.store.always_uv
    ]


def _options(core: Core) -> dict[str, bool]:
    settings = core.settings
    found = {
        "rk": settings.credentials > 0,
        "up": True,
        "plat": False,
        "clientPin": ClientPin(core).set_already,
    }
    if settings.verification != "none":
        found["uv"] = True
    return found | (_of_ctap21(core) if settings.ctap21 else {"credentialMgmtPreview": True})


def _of_ctap21(core: Core) -> dict[str, bool]:
    store, settings = core.store, core.settings
    found = {
        "credMgmt": True,
        "pinUvAuthToken": True,
        "authnrCfg": True,
        "setMinPINLength": True,
        "makeCredUvNotRqd": settings.make_without_uv and not store.always_uv,
        "alwaysUv": store.always_uv,
    }
    if settings.large_blob:
        found["largeBlobs"] = True
    if settings.enterprise is not None:
        found["ep"] = store.get("enterprise", False)
    return found
