"""The panel served for real: on loopback only, to real browsers, beside a real PC/SC program."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from ifd_bridge.control.client import VARIABLE, Control
from ifd_bridge.panel.hub import Hub
from ifd_bridge.panel.serving import Serving
from ifd_bridge.pcscd import hotplug
from ifd_bridge.trace.events import CommandSent, Event
from ifd_bridge.worlds.world import World

from .fake_world import Connections

ARTEFACTS = Path(__file__).parents[3] / "artefacts" / "panel"
END_S = 20
PLAIN = {"timeout": END_S, "verify": False}
"""Plain HTTP needs no certificates, and to read them takes a twentieth of a second."""

CLIENT = """
from smartcard.System import readers
card = readers()[0].createConnection()
card.connect()
card.transmit(list(bytes.fromhex("00A4040007A000000018FF01")))
try:
    structure = "1E1E820800080402010904000000000D0000000020008008FFFFFFFFFFFFFFFF"
    print(bytes(card.control(0x42330006, list(bytes.fromhex(structure)))).hex())
    print(bytes(card.transmit([0, 0x40, 0, 0, 0])[0]).hex())
except Exception as error:
    print(type(error).__name__)
"""


def test_the_panel_is_on_loopback_and_ends_with_the_world():
    world = Connections()
    with Hub(world) as hub, Serving(hub) as serving:
        assert serving.url.startswith(f"http://127.0.0.1:{serving.port}/{serving.token}/")
        assert httpx.get(serving.url, **PLAIN).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{serving.port}/", **PLAIN).status_code == 403
        waiting = threading.Thread(target=serving.wait)
        waiting.start()
        world.end()
        waiting.join(END_S)
        assert not waiting.is_alive()


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Serving(None, taken.getsockname()[1])


@pytest.mark.slow
def test_a_browser_that_never_reads_blocks_nothing():
    world = Connections()
    with Hub(world) as hub, Serving(hub) as serving:
        dead = socket.create_connection(("127.0.0.1", serving.port))
        host = f"127.0.0.1:{serving.port}"
        dead.sendall(f"GET /{serving.token}/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert dead.recv(1)
        for _ in range(5000):
            world.happens.put(Event(1.0, "Pad", CommandSent(0, bytes(200))))
        with httpx.stream("GET", f"{serving.url}events", **PLAIN) as alive:
            for line in alive.iter_lines():
                if '"n":5000' in line:
                    break
        dead.close()
        world.end()


# A real browser


needs_browser = pytest.mark.skipif(
    shutil.which("chromedriver") is None, reason="chromium and chromium-driver are missing"
)


class Browser:
    """A headless Chromium at the panel, in one of two sizes."""

    def __init__(self, url, *, phone=False, dark=False):
        from selenium import webdriver

        options = webdriver.ChromeOptions()
        size = "390,844" if phone else "1400,1000"
        for argument in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage",
                         f"window-size={size}"):  # fmt: skip
            options.add_argument(f"--{argument}")
        if dark:
            options.add_argument("--blink-settings=preferredColorScheme=0")
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        if phone:
            metrics = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.scheme("dark" if dark else "light")
        self.driver.get(url)

    def scheme(self, name):
        """Show the page as for people who like it `light` or `dark`."""
        wishes = {
            "prefers-color-scheme": name,
            "prefers-reduced-motion": "reduce",  # so that screenshots show nothing half done
        }
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.driver.quit()

    def find(self, selector):
        from selenium.webdriver.common.by import By
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, END_S).until(
            lambda driver: driver.find_element(By.CSS_SELECTOR, selector)
        )

    def until(self, selector, text):
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        gone = [StaleElementReferenceException]  # between being found and being read
        wait = WebDriverWait(self.driver, END_S, ignored_exceptions=gone)
        wait.until(lambda _: text in self.find(selector).text)

    def key(self, *keys):
        for key in keys:
            self.find(f'[data-key="{key}"]').click()

    def type(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def keep(self, name, at=None):
        """Keep a screenshot, with some part in view."""
        if at is not None:
            self.driver.execute_script("arguments[0].scrollIntoView()", self.find(at))
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(ARTEFACTS / f"{name}.png"))

    def errors(self):
        return [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.fixture
def world():
    with World([("pinpad-display", "pin-dump"), ("plain", "hello")]) as made:
        yield made


@pytest.fixture
def serving(world):
    path = Path(world.environ[VARIABLE])
    with Hub(lambda: Control(path)) as hub, Serving(hub) as made:
        yield made


@pytest.fixture
def client(world):
    running = []

    def start():
        environ = {**os.environ, **world.environ}
        command = [sys.executable, "-c", CLIENT]
        running.append(subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


@needs_browser
@pytest.mark.slow
@pytest.mark.pcsc
def test_a_pin_is_clicked_in_one_browser_and_typed_in_another(serving, client):
    with Browser(serving.url) as desktop, Browser(serving.url, phone=True, dark=True) as phone:
        desktop.until("#link", "live")
        program = client()
        desktop.until(".display", "Enter PIN")
        phone.until(".display", "Enter PIN")
        assert desktop.find(".led").get_attribute("aria-label") == "waiting for a PIN"
        desktop.key("1", "2")
        phone.until(".display", "**")
        phone.keep("phone-entry-dark")
        desktop.keep("desktop-entry")
        phone.type("3", "4", "\ue007")
        assert program.communicate(timeout=END_S)[0].splitlines()[-1].startswith("00200080083132")
        desktop.until("#lines", "INS 40")
        shown = desktop.find("#lines").text
        assert "00 20 00 80 08 ** ** ** ** ** ** ** **" in shown
        assert "31 32 33 34" not in shown
        desktop.keep("desktop-after")
        phone.find('[data-view="trace"]').click()
        phone.until("#lines", "INS 40")
        assert phone.find("#log").is_displayed()
        assert not phone.find("#readers").is_displayed()
        phone.keep("phone-trace-dark")
        assert desktop.errors() == phone.errors() == []


@needs_browser
@pytest.mark.slow
@pytest.mark.pcsc
def test_a_card_is_ejected_during_an_entry_and_put_back(serving, client):
    with Browser(serving.url, dark=True) as browser:
        program = client()
        browser.until(".display", "Enter PIN")
        browser.find(".move").click()
        assert "Exception" in program.communicate(timeout=END_S)[0]
        browser.until(".what", "empty; pin-dump was in")
        browser.keep("desktop-ejected-dark")
        browser.find(".move").click()
        browser.until(".what", "pin-dump is in")
        browser.find(".spec").send_keys("nonsense")
        browser.find(".swap").click()
        browser.until("#message", "nonsense")


@needs_browser
@pytest.mark.slow
@pytest.mark.pcsc
def test_the_panel_can_be_used_by_keyboard_alone(serving, client):
    with Browser(serving.url) as browser:
        program = client()
        browser.until(".display", "Enter PIN")
        active = browser.driver.switch_to.active_element
        assert active.get_attribute("data-key") == "5"
        browser.type("1", "2", "9", "\ue003", "3", "4", "\ue007")
        output = program.communicate(timeout=END_S)[0].splitlines()
        assert output[-1] == "002000800831323334ffffffff"
        unnamed = browser.driver.execute_script(
            "return [...document.querySelectorAll('button, input, select, section')]"
            ".filter(e => !e.closest('template') && !(e.textContent.trim() || e.ariaLabel ||"
            " e.labels?.length)).length"
        )
        assert unnamed == 0


MODIFY = """
from smartcard.System import readers
card = readers()[0].createConnection()
card.connect()
card.transmit(list(bytes.fromhex("00A4040007A000000018FF01")))
structure = "1E1E82080000080804" + "03" + "02" + "03" + "0904" + "000102" + "000000"
command = "0024000010FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
structure += "15000000" + command
print(bytes(card.control(0x42330007, list(bytes.fromhex(structure)))).hex())
"""


@needs_browser
@pytest.mark.slow
@pytest.mark.pcsc
def test_each_step_of_a_modification_is_told_and_nothing_jumps(world, serving):
    with Browser(serving.url) as browser:
        browser.until("#link", "live")
        place = browser.find(".move").location
        environ = {**os.environ, **world.environ}
        program = subprocess.Popen([sys.executable, "-c", MODIFY], env=environ)
        browser.until(".hint", "1 of 3: type the PIN here")
        assert browser.find(".move").location == place
        browser.key("1", "2")
        browser.until(".hint", "\u2022\u2022")
        browser.key("3", "4", "OK")
        browser.until(".hint", "2 of 3: type the new PIN here")
        browser.key("4", "3", "2", "1", "OK")
        browser.until(".hint", "3 of 3: type the new PIN again")
        browser.keep("desktop-modification")
        browser.key("4", "3", "2", "2", "OK")
        browser.until("#lines", "6402, PINs do not match")
        told = browser.find("#lines").text
        assert "PIN modification asked for" in told
        assert "4 to 8 digits" in told
        assert program.wait(END_S) == 0


AXE = Path(sys.prefix) / "node_modules" / "axe-core" / "axe.min.js"
JUDGE = """
const done = arguments[arguments.length - 1];
axe.run().then(({ violations }) => done(violations.map(
    (one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.target).join("; ")}`)));
"""


def judge(browser, name, at):
    """Nothing that axe-core complains of, where it is there; a picture each, light and dark."""
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        browser.keep(f"{name}-{scheme}", at=at)
        if AXE.is_file():
            browser.driver.execute_script(AXE.read_text())
            assert browser.driver.execute_async_script(JUDGE) == []


@needs_browser
@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is missing: no npm")
@pytest.mark.slow
@pytest.mark.pcsc
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_nothing_to_complain_of(serving, client, phone, dark):
    with Browser(serving.url, phone=phone, dark=dark) as browser:
        browser.driver.execute_script(AXE.read_text())
        browser.until("#link", "live")
        assert browser.driver.execute_async_script(JUDGE) == []
        program = client()
        browser.until(".display", "Enter PIN")
        if phone:
            browser.find('[data-view="trace"]').click()
        assert browser.driver.execute_async_script(JUDGE) == []
        browser.keep(f"axe-{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}")
        program.kill()


@needs_browser
@pytest.mark.slow
@pytest.mark.pcsc
@pytest.mark.skipif(hotplug.why_not() is not None, reason="readers cannot come and go here")
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_reader_is_added_with_a_card_and_its_options_and_removed(world, serving, phone):
    from selenium.webdriver.support.ui import Select

    look = "phone" if phone else "desktop"
    with Browser(serving.url, phone=phone, dark=phone) as browser:
        browser.until("#link", "live")
        browser.find("#add summary").click()
        browser.until("#add .kind", "piv")
        Select(browser.find("#add .model")).select_by_value("two-slot")
        browser.find("#add .changes").send_keys("colour=red")
        Select(browser.find("#add .kind")).select_by_visible_text("pin-dump")
        browser.find("#add [type=submit]").click()
        browser.until("#add .error", "a reader has no option 'colour'")
        assert len(world.places) == 2
        browser.keep(f"{look}-add-refused", at="#add")
        browser.find("#add .changes").clear()
        browser.find("#add [data-option=with]").send_keys("hello")
        browser.find("#add .faults").send_keys("ins=20:mute; reader,nth=999:silent")
        judge(browser, f"{look}-add", "#add")
        browser.find("#add [type=submit]").click()
        added = ".reader:nth-child(3)"
        browser.until(f"{added} .what", "Slot 0: pin-dump?with=hello is in")
        browser.until(f"{added} h2", "Virtual Two-Slot Reader")
        assert not browser.find("#add form").is_displayed()
        told = f"{added} .breaking summary"
        browser.until(told, "Fails on purpose: ins=20:mute; reader,nth=999:silent")
        browser.driver.execute_script("arguments[0].click()", browser.find(told))
        judge(browser, f"{look}-added", added)
        entered = browser.find(f"{added} .breaking .faults")
        entered.clear()
        entered.send_keys("usb:explode")
        browser.find(f"{added} .breaking button").click()
        browser.until("#message", "the fault 'usb:explode': 'explode' is none of reset")
        entered.clear()
        browser.find(f"{added} .breaking button").click()
        browser.until(told, "Faults")
        assert world.places[2].faults == ()
        browser.driver.execute_script("window.scrollTo(0, 0)")  # from beneath the header
        browser.find(".reader:first-child .remove").click()
        browser.until(".reader:first-child h2", "Virtual Reader")
        assert [place.number for place in world.places] == [1, 2]
        assert browser.errors() == []


ENABLE_TWO = """
from smartcard.System import readers
card = readers()[0].createConnection()
card.connect()
card.transmit(list(bytes.fromhex("00A4040010A0000005591010FFFFFFFF8900000100")))
card.transmit(list(bytes.fromhex("80E2910014BF3111A00C5A0A" + "989400000000000020F6" + "810100")))
"""
"""ES10c.EnableProfile of the second demo profile, without REFRESH."""


@needs_browser
@pytest.mark.slow
@pytest.mark.pcsc
def test_profiles_are_seen_to_change_and_cards_and_readers_to_move():
    with (
        World([("plain", "esim"), ("two-slot", "hello")]) as world,
        Hub(lambda: Control(Path(world.environ[VARIABLE]))) as hub,
        Serving(hub) as serving,
        Browser(serving.url) as browser,
        Browser(serving.url, phone=True) as phone,
    ):
        browser.until(".ports", "Demo one (enabled)")
        environ = {**os.environ, **world.environ}
        subprocess.run([sys.executable, "-c", ENABLE_TWO], env=environ, check=True, timeout=END_S)
        browser.until(".ports", "Demo two (enabled)")
        phone.until(".ports", "Demo one (disabled)")
        browser.keep("desktop-esim")
        phone.keep("phone-esim")
        second = ".reader:nth-child(2)"
        browser.find(f"{second} .slot:nth-child(2) .spec").send_keys("random")
        browser.find(f"{second} .slot:nth-child(2) .move").click()
        phone.until(f"{second} .slot:nth-child(2) .what", "Slot 1: random is in")
        browser.find(f"{second} .swap").click()
        browser.until("#lines", "card ejected")
        if hotplug.why_not() is not None:
            return  # readers cannot come and go here
        browser.find(f"{second} .plug").click()
        phone.until(f"{second} .plug", "Plug in")
        assert browser.find(f"{second} .led").get_attribute("aria-label") == "unplugged"
        browser.keep("desktop-unplugged")
        phone.keep("phone-unplugged", at=second)
        phone.find(f"{second} .plug").click()
        browser.until(f"{second} .plug", "Unplug")
        world.unplug(1)
        browser.until(f"{second} .plug", "Plug in")
        assert browser.errors() == phone.errors() == []
