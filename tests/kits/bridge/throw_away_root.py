"""Run by test_system.py in a mount namespace: install, serve and uninstall, as on a real system."""

import os
import subprocess
import sys
from pathlib import Path

from ifd_bridge.pcscd.daemon import find, knows_polkit

COVERED = ("/run", "/etc/reader.conf.d", "/usr/local/lib", "/usr/lib/pcsc/drivers")
VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
END = 20

CLIENT = """
from smartcard.scard import *
hresult, context = SCardEstablishContext(SCARD_SCOPE_USER)
hresult, names = SCardListReaders(context, [])
print(names)
state = [(names[0], SCARD_STATE_UNAWARE)]
for _ in range(10):
    hresult, states = SCardGetStatusChange(context, 2000, state)
    if states[0][1] & SCARD_STATE_PRESENT:
        break
    state = [(names[0], states[0][1])]
hresult, card, protocol = SCardConnect(context, names[0], SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1)
select = bytes.fromhex("00A404000AA00000006203010C0601")
for command in (select, bytes(4)):
    hresult, response = SCardTransmit(card, SCARD_PCI_T1, list(command))
    print(bytes(response))
"""


def files() -> set[str]:
    return {str(path) for place in COVERED for path in Path(place).rglob("*") if path.is_file()}


def wait_for(process: subprocess.Popen[str], words: str) -> None:
    """Read what a process says until it says the words."""
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise RuntimeError(f"{process.args} ended")


def use() -> None:
    """Let the system's pcscd have the readers, and a client use them."""
    daemon = find("pcscd")
    alone = ["--disable-polkit"] if knows_polkit(daemon) else []  # there is no D-Bus in here
    pcscd = subprocess.Popen(
        [daemon, "-f", "-i", *alone], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    serve = subprocess.Popen(
        [*VCARD, "serve", "--system", "--card", "hello"], stdout=subprocess.PIPE, text=True
    )
    try:
        wait_for(pcscd, "ready")
        wait_for(serve, "export VCARD_CONTROL")
        subprocess.run([sys.executable, "-c", CLIENT], check=True, timeout=END)
    finally:
        for process in (serve, pcscd):
            process.terminate()
            process.communicate(timeout=END)


def main() -> None:
    for place in COVERED:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], check=True)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    os.environ.pop("PCSCLITE_CSOCK_NAME", None)
    Path("/run/user").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = "/run/user"
    subprocess.run([*VCARD, "install", "-r", "pinpad", "-r", "plain?name=Mine"], check=True)
    use()
    subprocess.run([*VCARD, "uninstall"], check=True)
    print("left:", sorted(files()))


main()
