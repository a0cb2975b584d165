"""A PKCS #11 application of its own process: it does what its arguments say, answers JSON.

Run by a Python that has PyKCS11: `pkcs11_client.py MODULE STEP ...`, where a step is
`flags`, `login` (on the keypad), `login:PIN`, `logout`, `tries`, `sign:ID` or `wait` (for a line
of input). Each step answers one line: a result, or the name of the PKCS #11 error.
"""

import json
import sys

import PyKCS11

lib = PyKCS11.PyKCS11Lib()
lib.load(sys.argv[1])
slot = lib.getSlotList(tokenPresent=True)[0]
session = lib.openSession(slot)
FLAGS = ("PROTECTED_AUTHENTICATION_PATH", "USER_PIN_COUNT_LOW", "USER_PIN_FINAL_TRY")


def flags():
    found = lib.getTokenInfo(slot).flags
    return sorted(name for name in FLAGS if found & getattr(PyKCS11, f"CKF_{name}"))


def login(pin=None):
    session.login(pin)
    return "in"


def logout():
    session.logout()
    return "out"


def sign(identifier):
    wanted = [(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY), (PyKCS11.CKA_ID, (int(identifier),))]
    key = session.findObjects(wanted)[0]
    mechanism = PyKCS11.Mechanism(PyKCS11.CKM_SHA256_RSA_PKCS, None)
    return bytes(session.sign(key, b"to be signed", mechanism)).hex()


def wait():
    return sys.stdin.readline().strip()


STEPS = {f.__name__: f for f in (flags, login, logout, sign, wait)}
for step in sys.argv[2:]:
    name, _, argument = step.partition(":")
    try:
        answer = STEPS[name](*filter(None, [argument]))
    except PyKCS11.PyKCS11Error as error:
        answer = str(error).split()[0]
    print(json.dumps(answer), flush=True)
