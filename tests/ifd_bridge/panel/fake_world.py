"""A world for panels: returns prepared answers, and records requests."""

import copy
import queue

READER = {
    "reader": 0,
    "name": "Pad",
    "keypad": True,
    "plugged": True,
    "lcd": [2, 16],
    "display": "",
    "waiting": False,
    "powered": [],
    "slots": [{"slot": 0, "card": "pin-dump", "inserted": True}],
}


class FakeWorld:
    """Stands for all connections to one world."""

    def __init__(self):
        self.readers = [copy.deepcopy(READER)]
        self.asked = []
        self.happens = queue.Queue()
        self.closed = 0

    def __call__(self):
        return self

    def do(self, verb, **arguments):
        if verb == "list":
            return copy.deepcopy(self.readers)
        self.asked.append((verb, arguments))
        if verb == "eject" and not self.readers[0]["slots"][0]["inserted"]:
            raise RuntimeError("there is no card in 'Pad'")
        if verb in ("eject", "insert"):
            self.readers[0]["slots"][0]["inserted"] = verb == "insert"
        return None

    def events(self, *, pins=False, kinds=None, most=None):
        while (event := self.happens.get(timeout=60)) is not None:
            yield event

    def close(self):
        self.closed += 1
        self.happens.put(None)


class Connections(FakeWorld):
    """The same, but closing one connection ends only that one."""

    def __call__(self):
        world = self

        class Connection:
            do = staticmethod(world.do)
            events = staticmethod(world.events)

            def __init__(self):
                self.stream = False

            def close(self):
                world.closed += 1

        return Connection()

    def end(self):
        self.happens.put(None)
