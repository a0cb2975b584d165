"""The pcscd of a world as a service: stop, start, restart, as an administrator would."""

from __future__ import annotations

from .endpoint import Endpoint
from .host import Host

VERBS = ("stop", "start", "restart", "status")


def change(host: Host, verb: str) -> None:
    """Do to the pcscd what `verb` says; RuntimeError if it is not ours, ValueError for no verb."""
    if verb not in VERBS:
        raise ValueError(f"cannot {verb!r} a service; there are {', '.join(VERBS)}")
    if verb == "status":
        return
    if not isinstance(host, Endpoint):
        raise RuntimeError(  # noqa: TRY004 - the state of the world is wrong, not a type
            "this world's pcscd is the system's: systemctl restart pcscd"
        )
    if verb in ("stop", "restart"):
        host.stop_pcscd()
    if verb in ("start", "restart"):
        host.start_pcscd()


def state(host: Host) -> str:
    """`running`, or how it ended."""
    if not isinstance(host, Endpoint) or host.alive:
        return "running"
    status = host.pcscd.status
    how = f"ended by signal {-status}" if status is not None and status < 0 else "has ended"
    return f"stopped: pcscd {how}"
