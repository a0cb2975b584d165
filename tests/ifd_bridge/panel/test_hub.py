"""The hub follows the world, wakes its viewers once, and survives slow and dead ones."""

import threading
import tracemalloc

import pytest

from ifd_bridge.panel.hub import Hub
from ifd_bridge.trace.events import CardEjected, CommandSent, Event, Lost, PoweredUp

from .fake_world import Connections

END_S = 20
COMMAND = Event(1.0, "Pad", CommandSent(0, bytes.fromhex("00A40400023F00")))


class Watcher:
    def __init__(self, hub):
        self.woken = threading.Event()
        self.wakes = 0
        self.viewer = hub.look(self.wake)

    def wake(self):
        self.wakes += 1
        self.woken.set()

    def until(self, found):
        """News until `found` says yes to one."""
        while True:
            news = self.viewer.news()
            if found(news):
                return news
            assert self.woken.wait(END_S)
            self.woken.clear()


def test_a_viewer_sees_the_readers_first_and_then_what_happens():
    world = Connections()
    with Hub(world) as hub:
        watcher = Watcher(hub)
        assert watcher.viewer.news()["state"]["readers"][0]["name"] == "Pad"
        assert watcher.viewer.news() == {}
        world.happens.put(COMMAND)
        news = watcher.until(lambda news: "lines" in news)
        assert news["lines"][0]["name"] == "SELECT"
        world.happens.put(Event(1.0, "Pad", PoweredUp(0, b"\x3b\0")))
        news = watcher.until(lambda news: "state" in news)
        assert news["state"]["readers"][0]["powered"] == [0]
        world.end()
        assert watcher.until(lambda news: "ended" in news)
    assert hub.ended


def test_two_viewers_see_the_same():
    world = Connections()
    with Hub(world) as hub:
        watchers = [Watcher(hub), Watcher(hub)]
        assert hub.watched == 2
        world.happens.put(COMMAND)
        seen = [w.until(lambda news: "lines" in news)["lines"] for w in watchers]
        assert seen[0] == seen[1]
        hub.leave(watchers[0].viewer)
        hub.leave(watchers[0].viewer)
        assert hub.watched == 1
        world.end()


def test_a_card_that_goes_is_seen_in_the_list():
    world = Connections()
    with Hub(world) as hub:
        watcher = Watcher(hub)
        watcher.viewer.news()
        world.readers[0]["slots"][0]["inserted"] = False
        world.happens.put(Event(1.0, "Pad", CardEjected(0)))

        def gone(news):
            return "state" in news and not news["state"]["readers"][0]["slots"][0]["inserted"]

        assert watcher.until(gone)
        world.happens.put(Event(1.0, "", Lost(0, 3)))
        assert watcher.until(lambda news: "lines" in news)["lines"][-1]["lost"] == 3
        world.end()


@pytest.mark.slow
def test_a_viewer_that_does_not_look_is_woken_once_and_costs_no_memory():
    world = Connections()
    with Hub(world) as hub:
        lazy, eager = Watcher(hub), Watcher(hub)
        eager.viewer.news()
        for _ in range(3000):
            world.happens.put(COMMAND)
        eager.until(lambda _: hub.view.told == 3000)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20_000):
            world.happens.put(COMMAND)
        eager.until(lambda _: hub.view.told == 23_000)
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert lazy.wakes == 1
        news = lazy.viewer.news()
        assert len(news["lines"]) + news["lost"] == 23_000
        assert after - before < 4_000_000
        world.end()


def test_what_is_done_goes_to_the_world():
    world = Connections()
    with Hub(world) as hub:
        hub.do("press", keys=["1"], reader=0)
        world.end()
    assert world.asked == [("press", {"keys": ["1"], "reader": 0})]


def test_a_world_that_is_gone_is_no_error():
    world = Connections()
    with Hub(world) as hub:

        def gone(verb, **arguments):
            raise RuntimeError("the world has gone")

        world.do = gone
        world.closed = 0
        hub.refresh()
        world.end()
    assert hub.ended


def test_viewers_learn_of_a_fault_of_ours(monkeypatch, caplog):
    world = Connections()
    monkeypatch.setattr(Hub, "_take", lambda self, event: 1 / 0)
    with Hub(world) as hub:
        told = threading.Event()
        viewer = hub.look(told.set)
        viewer.news()
        world.happens.put(Event(1.0, "Pad", CommandSent(0, bytes(4))))
        assert told.wait(20)
        assert viewer.news()["ended"] is True
    assert "'vcard-panel' has failed" in caplog.text
