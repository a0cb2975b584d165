from dataclasses import replace

from applets.shared.file_system.tree import MF, File, Kind
from applets.sim.models.key_files import read_key
from applets.sim.models.table import MODELS, SYSTEM, on_model
from applets.sim.small_usim import ADF_USIM, small_subscription
from applets.sim.subscription import Subscription
from tests.kits import golden
from tests.kits.sim.terminal import terminal

ONE = small_subscription("8949000000000000018", "001010000000001", isim=True, isim_k=b"\x22" * 16)
KEY = (MF, ADF_USIM, 0xAF20)


def test_each_application_gets_key_files():
    made = on_model(ONE, MODELS["sja5"]).tree
    assert read_key(made.by_path[KEY].content) == ONE.aka
    assert read_key(made.by_path[(MF, 0x7FD1, 0xAF20)].content).k == b"\x22" * 16
    assert made.by_path[(MF, SYSTEM, 0x6F20)].size == 33


def test_files_that_nobody_could_read_get_contents_and_others_stay():
    blank = File(KEY, Kind.TRANSPARENT, b"\xff" * 40)
    there = replace(ONE, files=(*ONE.files, blank))
    assert read_key(on_model(there, MODELS["sja2"]).tree.by_path[KEY].content) == ONE.aka
    known = replace(blank, content=b"\x11" * 40)
    kept = on_model(replace(ONE, files=(*ONE.files, known)), MODELS["sja2"])
    assert kept.tree.by_path[KEY] == known


def test_without_secrets_there_are_no_files():
    assert on_model(Subscription(ONE.files), MODELS["sja5"]).files == ONE.files


def test_models_have_their_answers_to_reset():
    for name in ("sja2", "sja5", "gr1"):
        assert terminal(model=name).card.atr == MODELS[name].atr


def test_a_model_of_2g_knows_its_class_alone():
    phone = terminal(model="gr1")
    assert phone.words("00A40004023F00", "00A40400") == ["6E00", "6E00"]
    assert phone.data("A0A40000022FE2")[8:12] == "2fe2"
    phone.card.power_down()
    assert phone.card.exchange(b"\0\xa4\0\4\0") is None


def test_the_key_file_has_the_size_that_the_model_gives_it():
    sizes = {name: on_model(ONE, MODELS[name]).tree.by_path[KEY].size for name in ("sja2", "sja5")}
    assert sizes == {"sja2": 33, "sja5": 67}


def test_every_value_is_that_of_its_source():
    """Spec: the cards' own files, as pySim knows them."""
    golden.check("sim_models", golden.values(MODELS))
