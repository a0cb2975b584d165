import pytest

from applets.shared.secure_channel.session import Level
from applets.sim.remote import DomainKeys, PacketSession
from applets.uicc.ota.parameters import Status
from tests.kits.sim.ota import RAM, Server
from tests.kits.sim.terminal import terminal
from vcard import SW, Command


@pytest.fixture
def server():
    return Server(terminal(pin_enabled="", isim=""))


@pytest.mark.parametrize(
    ("tar", "fid"), [("B00011", "6F07"), ("B00012", "6F02"), ("B00010", "7F20")]
)
def test_each_application_has_a_tar(server, tar, fid):
    server.tar = bytes.fromhex(tar)
    status, data = server.send("00A4000402" + fid)
    assert (status, data[:4]) == (Status.OK, "0161")


def test_without_an_isim_its_tar_begins_in_the_mf():
    server = Server(terminal(), tar=bytes.fromhex("B00012"))
    assert server.send("00A4000402" + "2FE2" + "00B000000A")[1].startswith("029000")


def test_without_a_key_for_keys_none_is_put(server):
    session = PacketSession(1, None)
    with pytest.raises(SW) as caught:
        _ = session.key_cipher
    assert caught.value == SW.CONDITIONS_NOT_SATISFIED
    assert session.close(b"x", SW.OK) == b"x"
    session.level = Level.C_MAC
    with pytest.raises(SW) as caught:
        session.open(Command(0x84, 0xCA))
    assert caught.value == SW.SECURITY_STATUS_NOT_SATISFIED
    assert DomainKeys(server.phone.card.applets[1].domain).kic(0) is None


def test_keys_of_triple_des_are_wrapped_by_triple_des(server):
    server.tar, server.kic, server.kid = RAM, *(type(server.kic)(1, 5),) * 2
    keys = "04" + ("8010" + "21" * 16 + "00") * 3
    assert server.send("80D80081" + f"{len(keys) // 2:02X}" + keys)[1].startswith("01610")
