"""The 2G interface: class A0, the responses and status words of GSM 11.11.

Old phones, and tools that do not know a card's ATR, begin with it. If a subscription has no 2G DFs,
the USIM's files appear in their place; this aliasing is ours, not the standard's.
Spec: GSM 11.11 (3GPP TS 51.011), 9.2 (commands) and 9.4 (status words).
"""

from __future__ import annotations

from applets.shared.file_system.access_rules import NEVER, Mode
from applets.shared.file_system.tree import MF, File, Kind, Path
from applets.uicc.pins import PIN1, PIN2, UiccPin
from vcard import SW, Command, Reply

from .aka import sres_and_kc
from .authentication import Authentication

GSM_DF, TELECOM_DF = 0x7F20, 0x7F10
_FOR_ALL_VOLTAGES = 0x33
"""File characteristics: the clock may stop, 13/8 MHz, supply of 1.8 V and more."""
_CHV1_DISABLED = 0x80
_STRUCTURE = {Kind.TRANSPARENT: 0, Kind.LINEAR: 1, Kind.CYCLIC: 3}
_WORDS = {
    0x6A82: 0x9404, 0x6986: 0x9400, 0x6981: 0x9408, 0x6A83: 0x9402, 0x6B00: 0x9402,
    0x6982: 0x9804, 0x6983: 0x9840, 0x6984: 0x9808, 0x6985: 0x9810, 0x6A88: 0x9404,
    0x6A86: 0x6B00,
}  # fmt: skip
_SAME = {0xB0, 0xD6, 0xB2, 0xDC, 0x32, 0x04, 0x44}
_PINS = {0x20, 0x24, 0x26, 0x28}
_CHV = {1: PIN1, 2: PIN2}


def process(uicc: Authentication, command: Command) -> Reply:
    """Answer a command of class A0: run it as a UICC command, and translate the response to 2G."""
    try:
        reply = _process(uicc, command)
    except SW as word:
        reply = word
    if isinstance(reply, SW):
        return translated(reply)
    if isinstance(reply, bytes) and command.ins in (0xA4, 0xA2, 0x32, 0x88):
        uicc.channel.pending, uicc.channel.pending_sw = reply, SW.OK
        return SW(0x9F00 | len(reply) & 0xFF)
    return reply


def translated(word: SW) -> SW:
    """Translate a status word of the UICC to 2G."""
    if word.value >> 4 == 0x63C:
        return SW(0x9804 if word.value & 15 else 0x9840)
    if word.value >> 8 == 0x6C:
        return SW(0x6700 | word.value & 0xFF)
    return SW(_WORDS.get(word.value, word.value))


def _process(uicc: Authentication, command: Command) -> Reply:
    ins = command.ins
    if ins == 0xA4:
        return _select(uicc, command)
    if ins == 0xF2:
        return _directory(uicc, uicc.current_df)[: command.ne]
    if ins == 0x88:
        return _run_gsm_algorithm(uicc, command)
    if ins == 0xA2:
        return _seek(uicc, command)
    if ins in _SAME:
        return _as_uicc(uicc, command, command.p2)
    if ins in _PINS:
        return _as_uicc(uicc, command, _CHV.get(command.p2, 0))
    if ins == 0x2C:
        return _as_uicc(uicc, command, _CHV.get(command.p2 or 1, 0))
    return SW.INS_NOT_SUPPORTED


def _as_uicc(uicc: Authentication, command: Command, p2: int) -> Reply:
    """Run the command in the UICC's class, and return its reply."""
    return uicc.process(Command(0, command.ins, command.p1, p2, command.data, command.le))


def _select(uicc: Authentication, command: Command) -> Reply:
    if len(command.data) != 2:
        return SW.WRONG_LENGTH
    file = find(uicc, int.from_bytes(command.data, "big"))
    if file is None:
        return SW.FILE_NOT_FOUND
    uicc.place.enter(file)
    return _directory(uicc, file) if file.kind is Kind.DF else _elementary(uicc, file)


def find(uicc: Authentication, fid: int) -> File | None:
    """Find a file for 2G: by the rules of SELECT, else in the USIM."""
    near = uicc.near(fid)
    if near is not None:
        return near
    tree = uicc.files.tree
    usim = next(iter(tree.adfs), None)
    if usim is None:
        return None
    if fid in (GSM_DF, TELECOM_DF):
        return tree.child((MF,), fid) or usim
    return tree.child(usim.path, fid) if _old(uicc.place.df, usim.path) else None


def _old(df: Path, usim: Path) -> bool:
    return df == usim or (len(df) == 2 and df[1] in (GSM_DF, TELECOM_DF))


def _directory(uicc: Authentication, file: File) -> bytes:
    """Build the 23 bytes of SELECT for an MF or DF. Spec: GSM 11.11, 9.2.1."""
    children = list(uicc.files.tree.children(file.path))
    directories = sum(child.kind is Kind.DF for child in children)
    kind = 1 if file.fid == MF else 2
    usim = next(iter(uicc.files.tree.adfs), file)
    chv1, chv2 = (uicc.files.pins.get(one, usim.path) for one in (PIN1, PIN2))
    disabled = chv1 is None or not chv1.enabled
    fid = GSM_DF if file.aid else file.fid  # 2G has no ADFs: the USIM replaces its DF
    head = b"\0\0\xff\xff" + fid.to_bytes(2, "big") + bytes((kind, 0, 0, 0, 0, 0, 10))
    characteristics = _FOR_ALL_VOLTAGES | (_CHV1_DISABLED if disabled else 0)
    elementary, codes = len(children) - directories, len(uicc.files.pins)
    counts = bytes((characteristics, directories, elementary, codes, 0))
    return head + counts + _tries(chv1) + _tries(chv2) + b"\0"


def _tries(pin: UiccPin | None) -> bytes:
    """The two status bytes of a CHV and of its unblocking key."""
    if pin is None:
        return b"\0\0"
    return bytes((0x80 | pin.pin.tries_left, 0 if pin.puk is None else 0x80 | pin.puk.tries_left))


def _elementary(uicc: Authentication, file: File) -> bytes:
    """Build the 15 bytes of SELECT for an EF; conditions are 'always', CHV1, ADM or 'never'."""
    size = min(file.size, 0xFFFF).to_bytes(2, "big")
    levels = [_level(uicc, file, mode) for mode in (Mode.READ, Mode.UPDATE)]
    access = bytes((levels[0] << 4 | levels[1], 0xFF, 0x44))
    status = int(uicc.files.active(file))
    tail = bytes((status, 2, _STRUCTURE.get(file.kind, 0), file.record & 0xFF))
    return b"\0\0" + size + file.fid.to_bytes(2, "big") + b"\x04\0" + access + tail


def _level(uicc: Authentication, file: File, mode: Mode) -> int:
    condition = uicc.files.access.condition(file, mode)
    for level, verified in ((0, set[int]()), (1, {0x01}), (2, {0x81}), (4, {0x0A})):
        if condition.met(verified):
            return level
    return 15 if condition == NEVER else 4


def _run_gsm_algorithm(uicc: Authentication, command: Command) -> Reply:
    if len(command.data) != 16:
        return SW.WRONG_LENGTH
    if uicc.files.aka((MF,)) is None:
        return SW.FILE_NOT_FOUND
    return b"".join(sres_and_kc(uicc.algorithm((MF,)).f2345(command.data)))


def _seek(uicc: Authentication, command: Command) -> Reply:
    """SEEK, type 2: the number of the first record that begins with the pattern."""
    file = uicc.current(0, (Kind.LINEAR,), Mode.READ)
    content = uicc.files.content(file)
    for number in range(1, file.records + 1):
        if content[(number - 1) * file.record :].startswith(command.data):
            uicc.place.record = number
            return bytes((number,))
    return SW.RECORD_NOT_FOUND
