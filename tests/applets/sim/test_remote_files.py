import pytest

from applets.shared.file_system.access_rules import Mode
from applets.shared.file_system.tree import MF
from applets.sim.remote_files import Access, Reach, RemoteFiles, executed
from applets.uicc.arr import RESIZE
from applets.uicc.ota.access_domain import FULL, NONE, AccessDomain
from tests.kits.sim.ota import Server
from tests.kits.sim.terminal import sim, terminal
from vcard import SW, Applet, Command, Later, Response
from vcard.channel import Channel

ADF = (MF, 0x7FD0)
PIN, ADM = (AccessDomain(references=frozenset({one})) for one in (0x01, 0x0A))


def permits(reach: Reach, path, mode, **options) -> bool:
    card = sim(**options)
    card.power_up()
    files = RemoteFiles(card.files(0), reach)
    return files.access.permits(files.tree.by_path[path], mode)


@pytest.mark.parametrize(
    ("domain", "mode", "allowed"),
    [(FULL, Mode.READ, True), (FULL, Mode.UPDATE, True), (PIN, Mode.READ, True),
     (PIN, Mode.UPDATE, False), (ADM, Mode.UPDATE, True), (ADM, Mode.READ, False),
     (NONE, Mode.READ, False)],
)  # fmt: skip
def test_an_access_domain_stands_for_the_pins_it_names(domain, mode, allowed):
    imsi = (*ADF, 0x6F07)
    reach = Reach(card=Access(domain))
    assert permits(reach, imsi, mode, pin_enabled="yes") is allowed


def test_a_pin_that_is_off_is_not_needed():
    assert permits(Reach(card=Access(ADM)), (*ADF, 0x6F07), Mode.READ)


def test_administration_has_a_domain_of_its_own():
    reach = Reach(card=Access(FULL, NONE))
    assert permits(reach, (MF, 0x2FE2), Mode.READ)
    assert not permits(reach, (MF,), Mode.CREATE_EF)
    for mode in (Mode.DELETE, Mode.TERMINATE, RESIZE):
        assert not permits(reach, (MF, 0x2FE2), mode)
    assert permits(Reach(card=Access(NONE, FULL)), (MF,), Mode.CREATE_EF)


def test_the_files_of_the_adf_have_domains_of_their_own():
    reach = Reach(Access(NONE, NONE), Access(), lambda _: ADF)
    assert permits(reach, (*ADF, 0x6F07), Mode.READ)
    assert not permits(reach, (MF, 0x2FE2), Mode.READ)


def test_packets_reach_files_whatever_pins_the_phone_has_shown():
    server = Server(terminal(pin_enabled="", isim=""))
    server.phone.on("2FE2")
    update = "00A40004026F07" + "00D600000208" + "29"
    assert server.send(update)[1] == "029000"
    assert server.phone.data("00B000000A")  # the phone is where it was


def test_what_raises_and_what_takes_time_ends_as_a_status_word():
    channel = Channel(0, 0)

    class Slow(Applet):
        def process(self, command):
            if command.ins == 0xB0:
                raise SW.FILE_NOT_FOUND
            return Later(1.0, lambda: Response(b"x", SW(0x6282)))

    execute = executed(Slow(), channel)
    assert execute(Command(0, 0xB0)) == (b"", SW.FILE_NOT_FOUND)
    assert execute(Command(0, 0xB2)) == (b"x", SW(0x6282))
