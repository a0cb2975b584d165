"""Remote application management: the applications of a SIM that packets can reach.

Spec: ETSI TS 102 226, 8 (RAM); TS 101 220, annex D (TARs).
"""

from __future__ import annotations

from collections.abc import Callable

from applets.shared.block_ciphers import BlockCipher
from applets.shared.file_system.tree import MF, Path
from applets.shared.secure_channel.domain import SecurityDomain
from applets.shared.secure_channel.keys import DEK_ID, ENC_ID, MAC_ID, Key, KeyType
from applets.shared.secure_channel.secured import ChannelState
from applets.shared.secure_channel.session import Level, Session
from applets.uicc.ota.download import Target
from applets.uicc.ota.packet import PacketKey
from applets.uicc.ota.scripts import Execute
from vcard import SW, Applet, Command
from vcard.channel import Channel

from .remote_files import CHANNEL, Reach, executed, file_target
from .subscription import SubscriptionFiles

RAM, DOMAIN = bytes.fromhex("B00000"), bytes.fromhex("000000")
MF_FILES, SIM_FILES, USIM_FILES, ISIM_FILES = (
    bytes.fromhex(tar) for tar in ("B00001", "B00010", "B00011", "B00012")
)
_OUTGOING = frozenset({0xCA, 0xC0})


class DomainKeys:
    """The keys of a security domain for packets: versions 01 to 0F.

    Spec: ETSI TS 102 225, 5.1.2 (the version is that of the key set); TS 102 226, 8.2.1.5.
    """

    def __init__(self, domain: SecurityDomain) -> None:
        self._domain = domain

    def kic(self, version: int) -> PacketKey | None:
        """The key for ciphering."""
        return self._key(version, ENC_ID)

    def kid(self, version: int) -> PacketKey | None:
        """The key for checksums."""
        return self._key(version, MAC_ID)

    def _key(self, version: int, number: int) -> PacketKey | None:
        key = self._domain.keys.get(version, number) if version else None
        return None if key is None else PacketKey(key.value, key.kind is KeyType.AES)

    def kik(self, version: int) -> Key | None:
        """The key for keys within commands."""
        return self._domain.keys.get(version, DEK_ID)

    def count(self, version: int) -> int:
        """The highest counter accepted with keys of a version."""
        return self._domain.packets(version)

    def counted(self, version: int, value: int) -> None:
        """Store a counter."""
        self._domain.count_packets(version, value)


class PacketSession(Session):
    """Replaces a secure channel for a packet's commands: its keys authenticated the sender."""

    def __init__(self, version: int, kik: Key | None) -> None:
        super().__init__(Level.NONE, version)
        self._kik = kik

    def _open(self, command: Command) -> bytes:  # noqa: ARG002 - a session's shape
        raise SW.SECURITY_STATUS_NOT_SATISFIED  # commands in a packet have no further protection

    def close(self, data: bytes, sw: SW) -> bytes:  # noqa: ARG002 - a session's shape
        """Return the data as they are: the packet protects them."""
        return data

    @property
    def key_cipher(self) -> BlockCipher:
        """The cipher of KIK; raises 6985 without that key."""
        if self._kik is None:
            raise SW.CONDITIONS_NOT_SATISFIED
        return self._kik.cipher

    def decrypt_key(self, blocks: bytes) -> bytes:
        """Decrypt a key within a command."""
        cipher = self.key_cipher
        return cipher.decrypt_cbc(blocks) if cipher.name == "AES" else cipher.decrypt(blocks)


def application_target(domain: Applet, keys: DomainKeys, level: int) -> Target:
    """Make the target for remote application management by a security domain."""

    def session(port: int, version: int) -> Execute:
        channel = Channel(CHANNEL, port)
        channel.applet, channel.aid = domain, next(iter(domain.aids))
        channel.session = domain.new_session()
        channel.secure_channel = ChannelState(session=PacketSession(version, keys.kik(version)))
        return executed(domain, channel)

    return Target(session, _OUTGOING, level, keys)


def targets(
    application: Applet,
    files: Callable[[int], SubscriptionFiles],
    domain: Applet,
    keys: DomainKeys,
    level: int,
) -> dict[bytes, Target]:
    """The targets of packets on a SIM, by TAR."""

    def of_files(at: int | None) -> Target:
        reach = Reach(start=lambda shown: _start(shown, at))
        return file_target(application, files, reach, level)

    ram = application_target(domain, keys, level)
    return {
        RAM: ram,
        DOMAIN: ram,
        MF_FILES: of_files(None),
        SIM_FILES: of_files(None),
        USIM_FILES: of_files(0),
        ISIM_FILES: of_files(1),
    }


def _start(files: SubscriptionFiles, at: int | None) -> Path:
    """Return the path of the ADF with this number; without a number, the MF's."""
    adfs = files.tree.adfs
    return (MF,) if at is None or at >= len(adfs) else adfs[at].path
