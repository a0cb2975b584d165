"""TLS clients that authenticate with the card, and servers that reject some of them."""

import contextlib
import socket
import ssl
import threading
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from applets.piv import Algorithm, Piv, Slot
from tests.external.piv.conftest import END_S, OPENSC
from tests.kits.piv.host import made_key

pytestmark = pytest.mark.pcsc

OBJECT = "pkcs11:id=%01;type={}?pin-value=123456"


class Server:
    """A TLS server on loopback for one client, which needs a certificate from the issuer."""

    def __init__(self, desk, issuer, revoked=None):
        self.subject = self.refusal = None
        key = made_key(Algorithm.P256)
        certificate = issuer.issue("localhost", key.public_key())
        self.trusted = desk.path("ca.pem", issuer.certificate.public_bytes(Encoding.PEM))
        chain = desk.path("server.pem", certificate.public_bytes(Encoding.PEM))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._context = context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, desk.path("server.key", private))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.trusted)
        if revoked is not None:
            crl = issuer.revoke([revoked]).public_bytes(Encoding.PEM)
            context.load_verify_locations(desk.path("crl.pem", crl))
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(END_S)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        connection, _ = self._listener.accept()
        connection.settimeout(END_S)
        try:
            with self._context.wrap_socket(connection, server_side=True) as peer:
                der = peer.getpeercert(binary_form=True)
                self.subject = x509.load_der_x509_certificate(der).subject.rfc4514_string()
                peer.recv(1000)
                peer.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nwelcome\n")
                with contextlib.suppress(OSError):  # a reset would take the answer away
                    while peer.recv(1000):
                        pass
        except ssl.SSLError as error:
            self.refusal = str(error)
        finally:
            connection.close()
            self._listener.close()

    def join(self):
        self._thread.join(END_S)
        assert not self._thread.is_alive()


def gnutls(desk, server):
    files = ("--x509certfile", OBJECT.format("cert"), "--x509keyfile", OBJECT.format("private"))
    trust = ("--x509cafile", server.trusted, "--insecure")
    where = ("-p", str(server.port), "--provider", OPENSC, "127.0.0.1")
    return desk.attempt("gnutls-cli", *trust, *files, *where, text="GET / HTTP/1.0\n\n")


def curl(desk, server):
    desk.need("curl")
    if "[ available ]" not in desk.attempt("openssl", "engine", "-t", "pkcs11").stdout:
        pytest.skip("OpenSSL's pkcs11 engine is not installed")
    names = ("--cert", OBJECT.format("cert"), "--key", OBJECT.format("private"))
    kinds = ("--engine", "pkcs11", "--key-type", "ENG", "--cert-type", "ENG")
    url = f"https://127.0.0.1:{server.port}/"
    return desk.attempt("curl", "-sSk", *kinds, *names, url, PKCS11_MODULE_PATH=OPENSC, text="")


@pytest.fixture(params=[gnutls, curl], ids=["gnutls-cli", "curl"])
def connect(request, desk):
    desk.need("curl" if request.param is curl else "gnutls-cli")
    return lambda server: request.param(desk, server)


def test_the_server_learns_who_holds_the_card(connect, desk, alice):
    server = Server(desk, alice.issuer)
    done = connect(server)
    server.join()
    assert (server.subject, server.refusal) == ("CN=Alice Example", None), done.stderr
    assert "welcome" in done.stdout


def test_an_expired_certificate_is_turned_away(desk, alice):
    desk.need("gnutls-cli")
    key = alice.keys[Slot.AUTHENTICATION]
    last = datetime(2021, 1, 1, tzinfo=UTC)
    old = alice.issuer.issue("Alice Example", key.public_key(), not_after=last)
    desk.reader.eject()
    slot = Slot.AUTHENTICATION
    desk.insert(Piv(keys={slot: key}, certificates={slot: old}).on_card())
    server = Server(desk, alice.issuer)
    done = gnutls(desk, server)
    server.join()
    assert server.subject is None
    assert "expired" in server.refusal, done.stderr


def test_a_revoked_certificate_is_turned_away(desk, alice):
    desk.need("gnutls-cli")
    server = Server(desk, alice.issuer, revoked=alice.certificates[Slot.AUTHENTICATION])
    gnutls(desk, server)
    server.join()
    assert server.subject is None
    assert "revoked" in server.refusal
