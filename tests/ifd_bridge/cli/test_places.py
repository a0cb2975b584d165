from __future__ import annotations

import click
from click.testing import CliRunner

from ifd_bridge.cli.places import OrderedCommand, Places, as_options, place_options, places
from ifd_bridge.worlds.description import ReaderDescription, WorldDescription


@click.command(cls=OrderedCommand, context_settings={"allow_interspersed_args": False})
@place_options
@click.option("-t", "--trace")
@click.option("--flag", is_flag=True)
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def show(places: Places, trace: str | None, command: tuple[str, ...], *, flag: bool) -> None:
    click.echo(repr(([(one.model, *one.cards) for one in places], trace, flag, command)))


def parsed(*args: str) -> object:
    result = CliRunner().invoke(show, args)
    assert result.exit_code == 0, result.output
    return eval(result.output)


def test_each_card_gets_a_reader_of_the_model_last_named() -> None:
    cases = [
        ([], [("plain",)]),
        ([("card", "hello")], [("plain", "hello")]),
        ([("card", "a"), ("card", "b")], [("plain", "a"), ("plain", "b")]),
        ([("reader", "pinpad")], [("pinpad",)]),
        ([("reader", "x"), ("reader", "y")], [("x",), ("y",)]),
        ([("reader", "x"), ("card", "a"), ("card", "b")], [("x", "a"), ("x", "b")]),
        (
            [("card", "a"), ("reader", "x"), ("card", "b"), ("reader", "y")],
            [("plain", "a"), ("x", "b"), ("y",)],
        ),
    ]
    for named, made in cases:
        assert [(one.model, *one.cards) for one in places(named)] == made


def test_a_card_before_its_reader_is_warned_of_with_the_order_that_was_meant() -> None:
    said = CliRunner().invoke(show, ["--card", "hello", "--reader", "pinpad"])
    assert "'hello' is in a plain reader and 'pinpad' is empty" in said.stderr
    assert "for a card in it: --reader pinpad --card hello" in said.stderr
    for fine in (["-r", "pinpad", "-c", "hello"], ["-r", "a", "-c", "b", "-r", "c"], ["-c", "a"]):
        assert CliRunner().invoke(show, fine).stderr == ""


def test_order_counts_among_the_options() -> None:
    args = ["-c", "a", "--trace", "t", "--reader=x", "--flag", "-c", "b?k=v", "-r", "y", "--", "-c"]
    made = [("plain", "a"), ("x", "b?k=v"), ("y",)]
    assert parsed(*args) == (made, "t", True, ("-c",))


def test_what_follows_the_command_is_its_own() -> None:
    assert parsed("-c", "a", "prog", "-r", "x") == (
        [("plain", "a")],
        None,
        False,
        ("prog", "-r", "x"),
    )


def test_half_an_option_is_refused() -> None:
    for args in [["--card"], ["-r"], ["--trace"], ["--unknown", "x"]]:
        result = CliRunner().invoke(show, args)
        assert result.exit_code == 2
        assert args[0] in result.output


def test_a_description_is_told_by_the_same_options() -> None:
    readers = (ReaderDescription("x", ("a", "")), ReaderDescription("y"), ReaderDescription())
    options = as_options(WorldDescription(readers=readers))
    assert places([(name, value) for name, _, value in (o.partition("=") for o in options)]) == [
        *readers
    ]


def test_a_token_brings_the_reader_that_it_is_unless_another_is_named() -> None:
    token = "yubikey?serial=1"
    own, named = [("card", token), ("card", "hello")], [("reader", "pinpad"), ("card", token)]
    assert [each.model for each in places(own)] == ["yubikey", "plain"]
    assert [each.model for each in places(named)] == ["pinpad"]
