from vcard import SW

ISD = bytes.fromhex("A000000151000000")


def keys(host):
    host.select(ISD)
    return host.send(0xCA, 0, 0xE0).data.hex()


def test_the_factory_has_scp03_and_scp11b_with_two_certificates(token):
    host = token()
    assert keys(host).count("c004") == 4
    chain = host.send(0xCA, 0xBF, 0x21, bytes.fromhex("A60483021301"), le=65536, extended=True).data
    assert chain.count(b"Virtual SD Root CA") == 3


def test_older_firmware_has_scp03_alone(token):
    assert keys(token(firmware="5.4.3")).count("c004") == 3


def test_when_all_keys_are_blocked_the_domain_is_as_new(token):
    host = token()
    before = keys(host)
    for command in ("8050000008", "8088011308"):
        sent = bytes.fromhex(command) + bytes(8)
        words = [host.card.exchange(sent)[-2:] for _ in range(64)]
        assert words[-1] == SW.AUTHENTICATION_BLOCKED.raw
    assert keys(host) == before
    assert host.send(0x50, data=bytes(8)).sw != SW.AUTHENTICATION_BLOCKED
