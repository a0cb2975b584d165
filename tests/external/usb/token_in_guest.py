"""The program in the guest, as root: FIDO clients for HID only, beside a PC/SC client.

usage: token_in_guest.py STEP... as in in_guest.py, whose steps are also available.
"""

import base64
import os
import pty
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import in_guest
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.ctap import CtapError
from fido2.ctap2 import Ctap2
from fido2.hid import CtapHidDevice
from fido2.server import Fido2Server
from in_guest import ask, host, main, say, start, udev, until

PIN, RP = "73916245", "example.com"
KEY, CAPTURE = Path("/tmp/key"), Path("/tmp/world.pcapng")
SSHD = """
Port 2222
ListenAddress 127.0.0.1
HostKey /tmp/host_key
AuthorizedKeysFile /tmp/key.pub
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
"""


def typed(command, *answers):
    """Run a program on a terminal, and type an answer to each of its questions."""
    child, terminal = pty.fork()
    if not child:
        os.execvp(command[0], command)
    said = b""
    for answer in answers:
        asked = b""
        while not asked.rstrip().endswith(b":"):
            asked += os.read(terminal, 1024)
        os.write(terminal, answer.encode() + b"\n")
        said += asked
    try:
        while piece := os.read(terminal, 1024):
            said += piece
    except OSError:
        pass  # it has ended
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode()


def node():
    """The first hidraw device that libfido2 lists."""
    udev()
    return until(lambda: ask("fido2-token", "-L").stdout.partition(":")[0])


def tokens():
    """fido2-token -L, -I and -S."""
    listed = until(lambda: ask("fido2-token", "-L").stdout)
    path = node()
    told = ask("fido2-token", "-I", path).stdout.splitlines()
    status, _ = typed(["fido2-token", "-S", path], PIN, PIN)
    again = ask("fido2-token", "-I", path).stdout
    wanted = ("version strings", "options", "extension strings")
    facts = [line for line in told if line.startswith(wanted)]
    say("tokens", [listed.strip().partition(" ")[2], facts, status, "clientPin" in again])


def written(name, *lines):
    path = Path("/tmp", name)
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def round_trip(*options):
    """fido2-cred makes and verifies a credential, fido2-assert uses it and verifies that."""
    path, digest = node(), base64.b64encode(bytes(range(32))).decode()
    user = base64.b64encode(b"user").decode()
    asked = written("asked", digest, RP, "alice", user)
    steps = [
        ["fido2-cred", "-M", "-i", asked, "-o", "/tmp/made", path],
        ["fido2-cred", "-V", "-i", "/tmp/made", "-o", "/tmp/credential"],
    ]
    said = [run(each) for each in steps]
    identity, *public = Path("/tmp/credential").read_text().splitlines()
    asked = written("asked", digest, RP, identity)
    key = written("key.pem", *public)
    said.append(run(["fido2-assert", "-G", "-i", asked, "-o", "/tmp/used", path]))
    said.append(run(["fido2-assert", "-V", "-i", "/tmp/used", key]))
    say("round_trip", [*said, *options])


def run(command):
    """A program's exit status, and what it complained of."""
    done = ask(*command)
    return done.returncode or done.stderr


def touched():
    """A credential is made as soon as the key is touched."""
    path, digest = node(), base64.b64encode(bytes(32)).decode()
    asked = written("asked", digest, RP, "alice", digest)
    status = []
    command = ["fido2-cred", "-M", "-i", asked, "-o", "/tmp/touched", path]
    thread = threading.Thread(target=lambda: status.append(run(command)))
    thread.start()
    host("touch --wait")
    thread.join(20)
    say("touched", status)


def ssh():
    """ssh-keygen makes a key that lives in the token, and ssh logs in with it."""
    node()
    said = [run(["ssh-keygen", "-q", "-t", "ed25519-sk", "-N", "", "-f", str(KEY)])]
    said.append(run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/tmp/host_key"]))
    Path("/run/sshd").mkdir(exist_ok=True)
    config = written("sshd_config", SSHD)
    start("/usr/sbin/sshd", "-D", "-e", "-f", config)
    options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/tmp/known", "BatchMode=yes")
    command = ["ssh", "-p", "2222", "-i", str(KEY), "-F", "none"]
    for option in options:
        command += ["-o", option]
    command += ["root@127.0.0.1", "echo logged in"]
    done = until(lambda: (found := ask(*command)).returncode == 0 and found)
    said.append(done.stdout.strip())
    said.append(KEY.with_suffix(".pub").read_text().split()[0])
    say("ssh", said)


class Person(UserInteraction):
    def prompt_up(self):
        pass

    def request_pin(self, permissions, rp_id):
        return PIN

    def request_uv(self, permissions, rp_id):
        return True


def python():
    """python-fido2: registration and login, resident and with the PIN, by HID."""
    udev()
    device = until(lambda: next(CtapHidDevice.list_devices(), None))
    collector = DefaultClientDataCollector(f"https://{RP}")
    client = Fido2Client(device, client_data_collector=collector, user_interaction=Person())
    server = Fido2Server({"id": RP, "name": "Example"}, attestation="direct")
    options, state = server.register_begin(
        {"id": b"user", "name": "A. User"},
        resident_key_requirement="required",
        user_verification="required",
    )
    made = server.register_complete(state, client.make_credential(options["publicKey"]))
    options, state = server.authenticate_begin(None, user_verification="required")
    answer = client.get_assertion(options["publicKey"]).get_response(0)
    used = server.authenticate_complete(state, [made.credential_data], answer)
    same = used.credential_id == made.credential_data.credential_id
    say("python", [same, [int(each) for each in device.device_version], device.serial_number])
    Ctap2(device)


def ykman():
    """Yubico's tool finds one token, by its HID interface and by PC/SC."""
    program = str(Path(sys.executable).with_name("ykman"))
    Path("/tmp/bin").mkdir(exist_ok=True)
    shutil.copy("/bin/true", "/tmp/bin/pkill")
    environ = {**os.environ, "PATH": "/tmp/bin:" + os.environ["PATH"]}

    def said(*words):
        done = subprocess.run(
            [program, *words], check=False, capture_output=True, text=True, env=environ
        )
        return done.stdout + done.stderr

    listed = said("list")
    lines = (" ".join(line.split()) for line in said("fido", "info").splitlines())
    pin = [line for line in lines if "PIN" in line]
    say("ykman", [listed.strip(), pin])


def served(way):
    """Serve a key to this guest's own kernel; it disappears with its server."""
    command = [in_guest.VCARD, "serve", "--usb", way, "--card", "yubikey"]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    os.environ["VCARD_CONTROL"] = serving.stdout.readline().strip().split("=")[1]
    said = [run(["fido2-token", "-I", node()])]
    in_guest.vcard("unplug")
    until(lambda: not ask("fido2-token", "-L").stdout)
    in_guest.vcard("plug")
    node()
    serving.kill()
    serving.wait()
    until(lambda: not ask("fido2-token", "-L").stdout)
    say(way, [*said, "gone"])


def driver_kernel():
    """A private world whose key this kernel drives: reader, HID, faults, and both in a capture."""
    done = ask(
        in_guest.VCARD, "run", "--driver", "kernel", "--card", "yubikey", "--pcap", str(CAPTURE),
        "--fault", "80 10 80 00 01 0B ...:answer=279000", "--",
        sys.executable, __file__, "world",
    )  # fmt: skip
    print(done.stdout, done.stderr[-2000:])
    malformed = ask("tshark", "-r", str(CAPTURE), "-Y", "_ws.malformed").stdout
    kinds = ask("tshark", "-r", str(CAPTURE), "-T", "fields", "-e", "_ws.col.Protocol").stdout
    say(
        "driver_kernel",
        [done.returncode, malformed, sorted({"USBCCID", "USBHID"} & {*kinds.split()})],
    )


def world():
    """The client of `driver_kernel`."""
    path = node()
    card = in_guest.connect("YubiKey")
    answer = in_guest.send(card, "00A4040005A000000308")[-2:].hex()
    device = next(CtapHidDevice.list_devices())
    try:
        Ctap2(device).selection()
    except CtapError as refused:
        answer += f" {refused.code.name}"
    say("world", [run(["fido2-token", "-I", path]), answer])


def both():
    """A card that works for PC/SC and for HID at once."""
    node()
    card = in_guest.connect("YubiKey")
    in_guest.send(card, "00A4040008A000000527471117")
    path, counts = node(), []

    def ask_hid():
        counts.extend(ask("fido2-token", "-I", path).returncode for _ in range(5))

    thread = threading.Thread(target=ask_hid)
    thread.start()
    answers = {in_guest.send(card, "001D000000").hex() for _ in range(50)}
    thread.join()
    say("both", [len(answers), counts])


if __name__ == "__main__":
    main(sys.argv[1:], {**vars(in_guest), **globals()})
