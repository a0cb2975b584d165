from applets.esim.eid import numbered
from applets.esim.notifications import Notification, Notifications
from applets.esim.pki import Pki
from applets.esim.profiles import Event
from applets.esim.signatures import verified
from applets.esim.small_profile import profile
from vcard import Memory, Tlv

PKI = Pki.demo(numbered(1))


def made(memory=None):
    return Notifications(
        (Memory() if memory is None else memory).section("n"), PKI.euicc, PKI.eum.der
    )


def test_a_report_is_signed_and_carries_its_certificates():
    one = made()
    subject = profile("8949000000000000018", "001010000000001").metadata
    one.report(subject, Event.DELETE)
    (kept,) = one
    about, signature, euicc, eum = Tlv.parse(kept.signed).children
    key = PKI.euicc.certificate.public_key()
    assert verified(key, signature.value, bytes(about))
    assert (bytes(euicc), bytes(eum)) == (PKI.euicc.der, PKI.eum.der)
    assert bytes(about) == kept.metadata
    assert about.find(0x81).value.hex() == "0410"


def test_only_servers_that_asked_for_the_event_are_told():
    one = made()
    notify = ((Event.ENABLE, "a"), (Event.ENABLE | Event.DELETE, "b"))
    subject = profile("8949000000000000018", "001010000000001", notify=notify).metadata
    one.report(subject, Event.DELETE)
    one.report(subject, Event.ENABLE, but="a")
    assert [(kept.number, kept.address) for kept in one] == [(1, "b"), (2, "b")]


def test_numbers_are_never_reused():
    memory = Memory()
    one = made(memory)
    one.keep(Notification(one.next_number(), Event.ENABLE, "a", b"", b""))
    assert one.remove(1)
    assert not one.remove(1)
    assert made(memory).next_number() == 2
