"""Random commands: each is answered, no rule is broken, no log and no response has a key."""

import logging
import random

import pytest

from applets.esim import saip
from applets.esim.euicc import Euicc
from applets.sim.cards import DEMO, create
from tests.kits import golden
from tests.kits.conversation import short
from tests.kits.esim.applications import access_rules, domain, key_set, remote_files, rule_data
from tests.kits.esim.package import USIM, elements
from tests.kits.sim.ota import Server
from tests.kits.sim.terminal import Terminal
from vcard.pin import Pin

RUNS, EACH = [*(("sim", seed) for seed in range(6)), ("esim", 6), ("esim", 7)], 1500
SECRETS = {
    "K": bytes.fromhex(DEMO["k"]),
    "OPc": bytes.fromhex(DEMO["opc"]),
    "domain's keys": bytes.fromhex("A1" * 3 + "B2" * 3 + "C3" * 10),
    "packets' keys": bytes.fromhex("D4" * 3 + "E5" * 3 + "F6" * 10),
    "ADM1": b"73519064",
    "PUK": b"86420975",
}
OPTIONS = {
    "isim": "", "keys": SECRETS["domain's keys"].hex(), "ota_keys": SECRETS["packets' keys"].hex(),
    "adm": SECRETS["ADM1"].decode(), "puk": SECRETS["PUK"].decode(), "load": "hello",
}  # fmt: skip
FILES = (0x3F00, 0x2F00, 0x2FE2, 0x2F05, 0x2F06, 0x7F10, 0x7F20, 0x7FFF, 0x7FD0, 0x6F07, 0x6F3A,
         0x6F39, 0x6F40, 0x6F38, 0x4F01, 0x4F02, 0x5F01)  # fmt: skip
NAMES = ("A0000000871002", "A0000000871004", "A000000151000000", "A00000015141434C00", "")
FILE_INS = bytes.fromhex("A4B0B2D6DC32A22024 26282C880444E0E4E6E88470C0")
OTHER_INS = bytes.fromhex("CBDB101214C2AAF2D47678CAE2D8E6E8F0507C")
TAGS = (0x62, 0x80, 0x81, 0x82, 0x83, 0x84, 0x88, 0x8A, 0x8B, 0x8C, 0xA5, 0xD0, 0xD1, 0xD3, 0xD4,
        0xD6, 0xD7, 0xE1, 0xE2, 0xE3, 0xF0, 0xF1, 0x4F, 0xC1)  # fmt: skip


class Fuzzer:
    """Makes commands from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def objects(self, depth: int = 0) -> bytes:
        tag = self.chance.choice(TAGS)
        inner = self.chance.randrange(4) and depth < 3
        value = (
            b"".join(self.objects(depth + 1) for _ in range(self.chance.randrange(4)))
            if inner
            else self.chance.choice((b"", b"\1", b"\x41\x21", b"\x2f\x06\x01", self.noise(9)))
        )[:120]
        return bytes((tag, len(value))) + value

    def noise(self, longest: int) -> bytes:
        return self.chance.randbytes(self.chance.randrange(longest + 1))

    def data(self) -> bytes:
        which = self.chance.randrange(6)
        if which == 0:
            return self.objects()
        if which == 1:
            return self.chance.choice(FILES).to_bytes(2, "big")
        if which == 2:
            return self.chance.choice((SECRETS["ADM1"], SECRETS["PUK"] + b"0000\xff\xff\xff\xff"))
        return b"" if which == 3 else self.noise(34)

    def command(self, server: Server) -> bytes:
        chance = self.chance
        if chance.random() < 0.02:
            return chance.randbytes(chance.randrange(12))
        if chance.random() < 0.15:
            name = bytes.fromhex(chance.choice(NAMES))
            return b"\0\xa4\4" + bytes((chance.choice((0, 4, 2, 12)), len(name))) + name
        if chance.random() < 0.05:
            return self.packet(server)
        cla = chance.choice((0x00, 0x00, 0x80, 0x80, 0xA0, 0x01, 0x84, 0x0C))
        ins = chance.choice(OTHER_INS if cla in (0x80, 0x84) else FILE_INS)
        p1, p2 = (
            chance.choice((0, 0, 1, 2, 4, 8, 0x81, 0x90, chance.randrange(256))) for _ in "12"
        )
        data = self.data()
        tail = chance.choice((b"", b"\0", b"\x0a"))
        return bytes((cla, ins, p1, p2)) + (bytes((len(data),)) + data if data else b"") + tail

    def packet(self, server: Server) -> bytes:
        script = self.chance.choice(
            ("00A40004023F00", "00A40004026F0700B0000009", "AA0922070000", self.noise(30).hex())
        )
        made = bytearray(server.packet(script))
        if self.chance.random() < 0.5:
            made[self.chance.randrange(len(made))] ^= 1 << self.chance.randrange(8)
        packet = server.enveloped(bytes(made))
        return b"\x80\xc2\0\0" + bytes((len(packet),)) + packet


def check(card: object) -> None:
    """Check the invariants."""
    files = card.files(0)
    paths = files.tree.by_path
    assert all(not path[:-1] or path[:-1] in paths for path in paths)
    assert all(files.life(file) for file in paths.values())
    for pin in files.pins:
        assert isinstance(pin.pin, Pin)
        assert 0 <= pin.pin.tries_left <= pin.pin.limit


def esim():
    """An eUICC whose profile has the same secrets, and applications of its package."""
    sessions, packets = SECRETS["domain's keys"], SECRETS["packets' keys"]
    keys = [*key_set(0x20, sessions, 0x80), *key_set(0x30, sessions), *key_set(2, packets)]
    brought = (domain(keys), remote_files("B00011", level=0, adf=USIM), access_rules(rule_data()))
    *others, end = elements(k=SECRETS["K"])
    return Euicc((saip.decode(b"".join([*others, *brought, end])),), enable=1)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "seed"), RUNS)
def test_every_command_has_an_answer_and_none_tells_a_secret(kind, seed, caplog):
    caplog.set_level(logging.DEBUG)
    card = esim() if kind == "esim" else create(None, OPTIONS)
    phone, fuzzer = Terminal(card), Fuzzer(seed)
    key = SECRETS["packets' keys"]
    server = Server(phone, kic_value=key, kid_value=key)
    for count in range(EACH):
        raw = fuzzer.command(server)
        answer = card.exchange(raw)
        if answer is None:  # the reset that a suspended card waits for
            card.power_up()
            continue
        assert len(answer) >= 2, raw.hex()
        assert answer[-2:] != b"\x6f\0", raw.hex()
        told = {name for name, secret in SECRETS.items() if secret in answer and secret not in raw}
        assert told == set(), raw.hex()
        if count % 50 == 0:
            check(card)
            card.power_up()
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []
    assert not any(secret.hex() in caplog.text.lower() for secret in SECRETS.values())


@pytest.mark.parametrize(("kind", "seed"), [("sim", 0), ("sim", 1), ("esim", 6)])
def test_commands_are_answered_as_they_always_were(kind, seed):
    card = esim() if kind == "esim" else create(None, OPTIONS)
    phone, fuzzer, said = Terminal(card), Fuzzer(seed), []
    key = SECRETS["packets' keys"]
    server = Server(phone, kic_value=key, kid_value=key)
    for count in range(600):
        raw = fuzzer.command(server)
        answer = card.exchange(raw)
        said.append(f"{short(raw)} {'none' if answer is None else answer[-2:].hex().upper()}")
        if answer is None or count % 50 == 0:
            card.power_up()
    golden.check(f"nonsense-{kind}-{seed}", said)
