"""`vcard vpicc`."""

from click.testing import CliRunner

from ifd_bridge.cards.vpcd.connection import listener
from ifd_bridge.cli.vpicc import vpicc_command


def run(*args):
    return CliRunner().invoke(vpicc_command, args)


def test_what_vicc_had_and_what_is_missing_is_explained():
    cases = [
        (["--type", "handler_test"], "became --card pin-dump"),
        (["-t", "other"], "vicc's types were iso7816"),
        (["-f", "old.img"], "?state=old.img"),
        ([], "name a card"),
        (["--card", "vpcd:listen:0"], "brings its own cards"),
    ]
    for args, message in cases:
        result = run(*args)
        assert result.exit_code == 2
        assert message in " ".join(result.output.replace("│", "").split())


def test_a_vpcd_that_is_not_there_is_an_error():
    with listener("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    result = run("--card", "hello", "--host", "127.0.0.1", "--port", str(port))
    assert result.exit_code == 1
    assert f"no vpcd listens at 127.0.0.1:{port}" in result.output


def test_a_card_is_served_until_the_vpcd_closes():
    from threading import Thread

    with listener("127.0.0.1", 0) as vpcd:

        def close_at_once():
            vpcd.accept()[0].close()

        thread = Thread(target=close_at_once)
        thread.start()
        result = run("--card", "hello", "-H", "127.0.0.1", "-P", str(vpcd.getsockname()[1]))
        thread.join(10)
    assert result.exit_code == 0
