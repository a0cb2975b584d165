import pytest

from applets.esim.download.package import NEVER, Reason, Step
from applets.esim.eid import numbered
from applets.esim.euicc import Config, Euicc
from applets.esim.pki import Pki
from applets.esim.profiles import ProfileClass
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.package import elements, package, with_elements
from tests.kits.esim.raw_package import element
from tests.kits.esim.smdp import Bsp, Smdp, metadata
from vcard import Tlv, tlv

EID = numbered(1)
PKI = Pki.demo(EID)
OWNER = tlv(0x80, bytes.fromhex("00F110"))


def card(**options) -> Lpa:
    return Lpa(Euicc(eid=EID, pki=PKI, **options)).start()


def outcome(answer: Tlv) -> tuple[int, int]:
    failed = answer.find(0xBF27, 0xA2, 0xA1)
    return failed.find(0x80).value[0], failed.find(0x81).value[0]


NO_TESTS = Config(classes=frozenset({ProfileClass.OPERATIONAL}))
FAULTS = [
    ({"operation": b"\x02"}, (Step.SECURE_CHANNEL, Reason.OPERATION)),
    ({"template": tlv(0x80, b"\x80") + tlv(0x81, b"\x10")}, (0, Reason.CRT_VALUES)),
    ({"template": tlv(0x80, b"\x88") + tlv(0x81, b"\x10") + tlv(0x84, b"?")}, (1, 8)),
    ({"configure": bytes.fromhex("BF2500")}, (Step.CONFIGURE, Reason.INPUT)),
    ({"configure": b"\xbf"}, (Step.CONFIGURE, Reason.STRUCTURE)),
    ({"metadata": bytes.fromhex("BF2503800101")}, (Step.METADATA, Reason.INPUT)),
    ({"metadata": b"\0"}, (Step.METADATA, Reason.INPUT)),
    ({"elements": package(), "metadata": metadata(package(iccid="8949001111111111127"))},
     (Step.ELEMENTS, Reason.MISMATCH)),
    ({"elements": b"".join(elements()[:-1]), "metadata": metadata(package())},
     (Step.ELEMENTS, Reason.ELEMENT)),
    ({"metadata": metadata(package(), policy=bytes.fromhex("0780"), owner=OWNER)},
     (Step.METADATA, Reason.POLICY)),
    ({"metadata": metadata(package(), policy=bytes.fromhex("0640"))},
     (Step.METADATA, Reason.POLICY)),
    ({"metadata": metadata(package(), kind=7)}, (Step.METADATA, Reason.CLASS)),
    ({"metadata": metadata(package(), kind=0), "config": NO_TESTS}, (Step.METADATA, Reason.CLASS)),
    ({"metadata": metadata(package(k=bytes(16)), kind=0), "elements": package(k=bytes(16))},
     (Step.ELEMENTS, Reason.TEST_KEY)),
    ({"configure": tlv(0xBF24, tlv(0xB8, bytes(127)))}, (Step.CONFIGURE, Reason.INPUT)),
    ({"elements": package(filler=2000), "config": Config(memory=1000)},
     (Step.ELEMENTS, Reason.MEMORY)),
    ({"server_transaction": bytes(16)}, (Step.SECURE_CHANNEL, Reason.TRANSACTION_ID)),
    ({"again": True}, (Step.METADATA, Reason.ICCID_EXISTS)),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), FAULTS)
def test_each_fault_of_a_package_has_its_step_and_reason(changes, expected):
    changes = dict(changes)
    lpa = card(config=changes.pop("config", None))
    if changes.pop("again", False):
        lpa.download(Smdp(PKI))
    before, free = lpa.profiles(), lpa.card.core.free_memory
    other = changes.pop("server_transaction", None)
    server = Smdp(PKI, **changes)
    prepared = lpa.prepare(server, lpa.authenticate(server))
    server.transaction = other or server.transaction
    assert outcome(lpa.load(server.bound_package(bytes(prepared)))) == expected
    assert (lpa.profiles(), lpa.card.core.free_memory) == (before, free)
    assert {event[1] for event in lpa.notifications()} == {0x80}
    lpa.card.core.config = Config()
    assert before or lpa.download(Smdp(PKI)).find(0xBF27, 0xA2, 0xA0)


def test_every_reason_of_the_standard_is_given_or_has_a_reason_never_to_be():
    given = {Reason(reason) for _, (_, reason) in FAULTS}
    given |= {Reason.INTERRUPTED}  # shown below
    given |= {Reason.SIGNATURE}  # by a flipped byte, in tests/esim/test_download_errors
    assert given | NEVER.keys() == set(Reason)


def test_a_profile_with_rules_that_are_allowed_names_its_owner():
    lpa = card()
    about = metadata(package(), policy=bytes.fromhex("0640"), owner=OWNER)
    assert lpa.download(Smdp(PKI, metadata=about)).find(0xBF27, 0xA2, 0xA0)


def test_a_test_profile_has_the_key_of_test_cards():
    assert card().download(Smdp(PKI, metadata=metadata(package(), kind=0))).find(0xBF27, 0xA2, 0xA0)


def pieces_of(lpa, server):
    return server.bound_package(bytes(lpa.prepare(server, lpa.authenticate(server))))


def test_a_package_may_replace_its_keys():
    assert card().download(Smdp(PKI, replace_keys=True)).find(0xBF27, 0xA2, 0xA0)


def session(lpa):
    """A server and the card's answer to PrepareDownload."""
    server = Smdp(PKI)
    return server, bytes(lpa.prepare(server, lpa.authenticate(server)))


def test_a_channel_without_its_fields_is_a_wrong_input():
    lpa = card()
    session(lpa)
    assert outcome(lpa.load([tlv(0xBF36, tlv(0xBF23, tlv(0x82, b"\1")))])) == (0, Reason.INPUT)


def test_a_servers_key_that_is_no_point_is_a_wrong_input():
    lpa = card()
    server, prepared = session(lpa)
    euicc_point = Tlv.parse(prepared).find(0xA0, 0x30, 0x5F49).value
    bsp = Bsp(bytes(16), bytes(16), bytes(16))
    pieces = server._pieces(bsp, b"\x04" + bytes(64), euicc_point)
    assert outcome(lpa.load(pieces)) == (Step.SECURE_CHANNEL, Reason.INPUT)


def test_new_keys_of_a_wrong_size_are_a_wrong_input(monkeypatch):
    lpa = card()
    monkeypatch.setattr("tests.kits.esim.smdp.secrets.token_bytes", bytes)
    server, prepared = session(lpa)
    server.replace_keys = True
    monkeypatch.setattr("tests.kits.esim.smdp.Bsp.protect", short_keys(Bsp.protect))
    pieces = server.bound_package(prepared)
    assert outcome(lpa.load(pieces)) == (Step.REPLACE_KEYS, Reason.INPUT)


def short_keys(protect):
    def changed(self, tag, plain, *, encrypt=True):
        wrong = tlv(0xBF26, tlv(0x80, b"short")) if plain[:2] == b"\xbf\x26" else plain
        return protect(self, tag, wrong, encrypt=encrypt)

    return changed


def test_segments_that_do_not_fill_their_frame_are_a_wrong_structure():
    lpa = card()
    server, prepared = session(lpa)
    pieces = server.bound_package(prepared)
    index = next(i for i, one in enumerate(pieces) if one[0] == 0xA1)
    wrong = tlv(0xA1, bytes(5))[:2]
    assert outcome(lpa.load([*pieces[:index], wrong, *pieces[index + 1 :]])) == (2, 7)


def test_segments_of_any_size_are_taken():
    for segment in (16, 1020, 1036):
        lpa = card()
        server = Smdp(PKI, segment=segment, elements=package(filler=3000))
        assert lpa.download(server).find(0xBF27, 0xA2, 0xA0), segment


@pytest.mark.parametrize("size", [1, 7, 5000])
def test_pieces_may_be_cut_anywhere(size):
    lpa = card()
    server = Smdp(PKI)
    stream = b"".join(pieces_of(lpa, server))
    answer = b""
    for offset in range(0, len(stream), size):
        answer = lpa.card.download.load(stream[offset : offset + size])
        if answer:
            break
    assert Tlv.parse(answer).find(0xBF27, 0xA2, 0xA0)


def test_a_package_that_begins_again_was_interrupted():
    lpa = card()
    pieces = pieces_of(lpa, Smdp(PKI))
    assert outcome(lpa.load([*pieces[:3], pieces[0]])) == (Step.METADATA, Reason.INTERRUPTED)


def test_a_piece_with_a_wrong_tag_is_a_wrong_structure():
    lpa = card()
    pieces = pieces_of(lpa, Smdp(PKI))
    assert outcome(lpa.load([pieces[0], b"\xa3\x00"])) == (Step.CONFIGURE, Reason.STRUCTURE)
    pieces = pieces_of(lpa, Smdp(PKI))
    assert outcome(lpa.load([b"\xbf\x36\x85\0\0\0\0\0\0"])) == (0, Reason.INPUT)
    pieces = pieces_of(lpa, Smdp(PKI))
    assert outcome(lpa.load([pieces[0], b"\xa0\x90\x87\x84\xff\xff\xff\xff\0\0"])) == (1, 7)


def test_other_servers_are_told_of_the_installation_too():
    lpa = card()
    about = metadata(package(), notify="other.example")
    lpa.download(Smdp(PKI, metadata=about))
    listed = lpa.ask("BF2800").children[0].children
    assert [one.find(0x0C).value for one in listed] == [
        b"testsmdpplus1.example.com",
        b"other.example",
    ]


def test_what_is_left_out_of_a_package_is_logged_and_told(caplog):
    raw = with_elements(element(40, mandated=False))
    done = card().download(Smdp(PKI, elements=raw)).find(0xBF27, 0xA2, 0xA0, 0x04)
    assert Tlv.parse(done.value).find(0xA0, 0x30, 0x80).value == b"\1"
    assert "element 40 7, offset 0" in caplog.text
