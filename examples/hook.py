"""A hook for a relayed card: sees each command, and may change it or its answer.

vcard run --card 'pcsc:Gemalto?hook=examples/hook.py:shout' -- scriptor
"""

from collections.abc import Callable


def shout(command: bytes, send: Callable[[bytes], bytes]) -> bytes:
    """Let the real card answer, and convert its response to INS 00 to capitals."""
    answer = send(command)
    return answer[:-2].upper() + answer[-2:] if command[1] == 0x00 else answer
