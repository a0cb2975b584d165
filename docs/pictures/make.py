"""Make the pictures of the documentation anew, of the real programs: `make pictures`.

It needs Debian's chromium-driver, wireshark, xvfb and imagemagick, and the extra `test`.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HELLO = "00 A4 04 00 0A A0 00 00 00 62 03 01 0C 06 01\n00 00 00 00\n"
PROGRAMS = ("chromedriver", "wireshark", "Xvfb", "import", "convert", "scriptor", "pcsc_scan")
END_S = 60.0
FEW_COLOURS = ["-strip", "+dither", "-colors", "40", "-define", "png:compression-level=9"]


def vcard(*arguments: str, said: str = "") -> str:
    """Run a command of ours; what it prints."""
    done = subprocess.run(
        ["vcard", *arguments], input=said, capture_output=True, text=True, timeout=END_S, check=True
    )
    return done.stdout


def panel() -> None:
    """The panel in a browser, while a program waits for a PIN; run inside a world."""
    from selenium import webdriver

    page = (ROOT / "docs/tutorials/first-pin-pad.md").read_text()
    program = re.search(r"```python file=login.py\n(.*?)```", page, re.DOTALL)
    assert program
    served = subprocess.Popen(["vcard", "panel"], stdout=subprocess.PIPE, text=True)
    assert served.stdout
    address = served.stdout.readline().split()[-1]
    options = webdriver.ChromeOptions()
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "window-size=1120,940"):
        options.add_argument(f"--{argument}")
    browser = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(shutil.which("chromedriver"))
    )
    try:
        browser.get(address)
        settled(browser.get_screenshot_as_png)
        asking = subprocess.Popen([sys.executable, "-c", program[1]], stdout=subprocess.DEVNULL)
        vcard("wait", "--pin-entry")
        vcard("press", "1", "2", "3")
        settled(browser.get_screenshot_as_png)
        browser.save_screenshot(str(HERE / "panel.png"))
        vcard("press", "CANCEL")
        asking.wait(END_S)
    finally:
        browser.quit()
        served.terminate()
    smaller(HERE / "panel.png")


def wireshark() -> None:
    """A capture in Wireshark, on a screen that nobody sees."""
    with tempfile.TemporaryDirectory() as folder:
        capture = f"{folder}/hello.pcapng"
        vcard("run", "--pcap", capture, "--card", "hello", "--", "scriptor", said=HELLO)
        listed = subprocess.run(
            ["tshark", "-r", capture, "-d", "usbccid.subdissector,iso7816", "-Y", "iso7816"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        number = next(line.split()[0] for line in listed.splitlines() if "elect file" in line)
        display = f":{90 + os.getpid() % 100}"
        screen = subprocess.Popen(
            ["Xvfb", display, "-screen", "0", "960x560x24"], stderr=subprocess.DEVNULL
        )
        environ = {**os.environ, "DISPLAY": display, "HOME": folder, "QT_QPA_PLATFORM": "xcb"}
        profile = Path(folder, ".config/wireshark")
        profile.mkdir(parents=True)
        (profile / "recent").write_text(
            "gui.geometry_main_maximized: TRUE\nprivs.warn_if_elevated: FALSE\n"
        )
        shark = None
        try:
            grab = ["import", "-display", display, "-window", "root", "png:-"]
            settled(lambda: subprocess.run(grab, capture_output=True, check=False).stdout or None)
            shark = subprocess.Popen(
                ["wireshark", "-o", "privs.warn_if_elevated:FALSE", "--fullscreen", "-r", capture,
                 "-d", "usbccid.subdissector,iso7816", "-Y", "usbccid || iso7816", "-g", number],
                env=environ, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(3)  # it draws nothing at first, which would count as settled
            shown = settled(lambda: subprocess.run(grab, capture_output=True, check=True).stdout)
            (HERE / "wireshark.png").write_bytes(shown)
        finally:
            if shark:
                shark.kill()
            screen.terminate()
    smaller(HERE / "wireshark.png")


def terminal() -> None:
    """A session in a terminal, as text that a browser draws."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=86, file=io.StringIO())
    hello = ["run", "--card", "hello", "--"]
    for line, arguments, said in (
        ("vcard run --card hello -- pcsc_scan -r", [*hello, "pcsc_scan", "-r"], ""),
        ("vcard run --card hello -- scriptor < hello.apdu", [*hello, "scriptor"], HELLO),
        ("vcard atr 3B 80 80 01 01", ["atr", "3B", "80", "80", "01", "01"], ""),
    ):
        console.print(Text.assemble(("$ ", "green"), (line, "bold")))
        console.print(Text(vcard(*arguments, said=said).strip()))
    drawn = console.export_svg(title="vcard")
    # Its font is not fetched from elsewhere: the reader's own will do.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL).replace(
        "Fira Code", "monospace"
    )
    (HERE / "terminal.svg").write_text(drawn)


def settled(picture: object) -> bytes:
    """A picture that is the same twice in a row; TimeoutError."""
    assert callable(picture)
    before, end = b"", time.monotonic() + END_S
    while time.monotonic() < end:
        now = picture() or b""
        if now and now == before:
            return bytes(now)
        before = now
        time.sleep(0.7)
    raise TimeoutError("the picture does not settle")


def smaller(path: Path) -> None:
    """Take the colours away that nobody sees."""
    subprocess.run(["convert", path, *FEW_COLOURS, path], check=True)


def main() -> None:
    """Make all of them; `panel` alone inside its world."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}")
    if sys.argv[1:] == ["panel"]:
        panel()
        return
    terminal()
    vcard(
        "run",
        "--reader",
        "pinpad-display",
        "--card",
        "pin-dump",
        "--",
        sys.executable,
        __file__,
        "panel",
    )
    wireshark()
    for path in sorted(HERE.glob("*.[ps][nv]g")):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
