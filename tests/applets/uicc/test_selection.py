from types import SimpleNamespace

import pytest

from applets.esim.small_profile import EMPTY
from applets.shared.file_system.tree import MF
from applets.sim.subscription import SubscriptionFiles
from applets.uicc.selection import Selection, UiccPlace
from tests.kits.esim.uicc import USIM, made, words
from vcard import Memory
from vcard.channel import Channel


@pytest.fixture
def lpa():
    return made()


def test_an_application_is_selected_by_aid_and_found_again_as_current(lpa):
    assert lpa.send("00A40004027FFF")[1] == 0x6A82
    data, word = lpa.send(USIM)
    assert (data.find(bytes.fromhex("840CA0000000871002FF49FF0589")) > 0, word) == (True, 0x9000)
    assert words(lpa, "00A40004023F00", "00A40004027FFF", "00A40804047FFF6F07") == [0x9000] * 3
    assert lpa.send("00A4040007A0000000871099")[1] == 0x6A82


def test_status_tells_where_the_channel_is(lpa):
    lpa.send(USIM)
    assert lpa.send("80F2000000")[0] == lpa.send(USIM)[0]
    assert lpa.send("80F2000100")[0][:2].hex() == "840c"
    assert words(lpa, "80F2000C00", "80F2000500") == [0x9000, 0x6A86]
    lpa.start()
    lpa.send("00A40004023F00")
    assert lpa.send("80F2000100")[1] == 0x6985


def test_a_channel_opened_from_another_starts_in_its_directory(lpa):
    assert lpa.send("0070000001")[0] == b"\x01"
    assert lpa.send("01" + USIM[2:])[1] == 0x9000
    assert words(lpa, "01A40004026F07") == [0x9000]
    assert lpa.send("0170000001")[0] == b"\x02"
    assert lpa.send("02B0000009")[1] == 0x6986  # no EF is current
    assert words(lpa, "02A40004026F07", "02A40004027FFF") == [0x9000] * 2
    assert lpa.send("0070000001")[0] == b"\x03"
    assert words(lpa, "03A40004026F07") == [0x6A82]  # opened from the basic channel: in the MF


def test_an_applet_without_files_starts_channels_in_the_mf_of_its_port():
    place = UiccPlace(made().card.files(0))
    assert place.df == (MF,)
    files = SubscriptionFiles(EMPTY, Memory().section("x"))

    class Files(Selection):
        card = SimpleNamespace(files=lambda port: files)
        channel = Channel(0, 0)

    one = Files()
    assert one.new_session().files is files
    one.channel.session = place
    assert one.files is place.files
