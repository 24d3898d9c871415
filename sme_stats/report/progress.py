"""How pages tell of their progress."""

from __future__ import annotations

from collections.abc import Callable

#: Told of each step: name, how many are done, how many there are.
Progress = Callable[[str, int, int], None]
