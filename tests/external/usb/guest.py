"""A Linux guest in QEMU without KVM and without root, whose file system is this machine's own.

The guest runs this machine's programs, so that nothing needs to be installed: pcscd, libccid,
lsusb, Python with this package. The kernel is Debian's (`.ci/guest-kernel` unpacks one).
"""

from __future__ import annotations

import lzma
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[3]
KERNELS = (ROOT / "build/guest-kernel", Path("/"))
QEMU, BUSYBOX = "qemu-system-x86_64", "busybox"
ALWAYS = ("virtio_pci", "9pnet_virtio", "9p", "virtio_net", "af_packet")
VIRTFS = "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap"
XZ = b"\xfd7zXZ\x00"


def kernel() -> tuple[Path, Path] | None:
    """The kernel, and the folder of its modules; None if there is none."""
    for root in KERNELS:
        for image in sorted((root / "boot").glob("vmlinuz-*")):
            modules = root / "lib/modules" / image.name.removeprefix("vmlinuz-")
            if (modules / "modules.dep").exists():
                return image, modules
    return None


HIDDEN = ("/run", "/tmp", "/var/tmp", "/root")
"""The folders over which init.sh mounts an empty file system."""


def why_not() -> str | None:
    """Return what a guest lacks here; None if nothing."""
    for program in (QEMU, BUSYBOX):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if kernel() is None:
        return "no kernel package is unpacked: .ci/guest-kernel"
    if hidden := next((each for each in HIDDEN if ROOT.is_relative_to(each)), None):
        return f"the guest has a {hidden} of its own, so that this tree is not seen there"
    return None


def dependencies(modules: Path, names: Sequence[str]) -> list[str]:
    """The files of these modules, what each needs before it; those built in are left out."""
    table = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        file, _, needs = line.partition(":")
        table[Path(file).name.partition(".")[0].replace("-", "_")] = (file, needs.split())
    found: list[str] = []
    for name in names:
        file, needs = table.get(name.replace("-", "_"), ("", []))
        found += [each for each in (*reversed(needs), file) if each and each not in found]
    return found


def archive(files: dict[str, tuple[int, bytes]]) -> bytes:
    """A cpio archive (newc) of files and folders by path: mode and contents."""
    raw = bytearray()
    entries = [*files.items(), ("TRAILER!!!", (0, b""))]
    for number, (path, (mode, data)) in enumerate(entries, 1):
        name = path.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
        raw += b"070701" + b"".join(b"%08X" % field for field in fields) + name
        raw += bytes(-len(raw) % 4) + data
        raw += bytes(-len(raw) % 4)
    return bytes(raw)


def unpacked(image: Path) -> bytes:
    """The ELF kernel in a compressed image: it boots in half of the time."""
    raw = image.read_bytes()
    return lzma.LZMADecompressor().decompress(raw[raw.index(XZ) :])


class Guest:
    """A guest that is prepared in `directory` and run once with `run`."""

    def __init__(self, directory: Path, modules: Sequence[str]) -> None:
        found = kernel()
        assert found is not None
        image, folder = found
        self._kernel, self._initrd = directory / "vmlinux", directory / "initrd"
        self._kernel.write_bytes(unpacked(image))
        files = dependencies(folder, [*ALWAYS, *modules])
        busybox = Path(shutil.which(BUSYBOX) or BUSYBOX)
        folders = {f"{name}": (0o40755, b"") for name in ("bin", "proc", "sys", "dev")}
        contents = {
            **folders,
            "init": (0o100755, Path(__file__).with_name("init.sh").read_bytes()),
            "bin/busybox": (0o100755, busybox.read_bytes()),
            "modules": (0o100644, "\n".join(Path(file).name for file in files).encode()),
            **{Path(file).name: (0o100644, (folder / file).read_bytes()) for file in files},
        }
        self._initrd.write_bytes(archive(contents))

    def run(
        self,
        program: Sequence[str],
        options: Sequence[str],
        answer: Callable[[str], str],
        timeout_s: float = 280,
    ) -> list[str]:
        """Boot, run a program, and return what it said.

        A line `HOST words` goes to `answer`, whose answer the program reads as a line.
        """
        command = [
            QEMU, "-M", "q35", "-accel", "tcg", "-cpu", "max", "-m", "512", "-nodefaults",
            "-no-user-config", "-no-reboot", "-nographic", "-serial", "stdio",
            "-kernel", os.fspath(self._kernel), "-initrd", os.fspath(self._initrd),
            "-virtfs", VIRTFS,
            "-netdev", "user,id=n", "-device", "virtio-net-pci,netdev=n,romfile=",
            "-append", "console=ttyS0 quiet panic=-1 mitigations=off nokaslr vcard="
            + ",".join(program), *options,
        ]  # fmt: skip
        lines = []
        with subprocess.Popen(
            ["timeout", str(timeout_s), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            for raw in process.stdout:
                line = raw.decode("latin-1").strip()
                lines.append(line)
                if os.environ.get("VCARD_GUEST_SHOW"):
                    print(line, flush=True)
                if "HOST " in line:
                    process.stdin.write(answer(line.split("HOST ", 1)[1]).encode() + b"\n")
                    process.stdin.flush()
        return lines
