"""Lines of a TOML file: tomllib tells them for what is no TOML, but not for values."""

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNED = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def line_of(text: str, place: tuple[str | int, ...]) -> int:
    """Find where a value is written: the line of its name, or of the table that it stands in.

    Args:
        text: of a TOML file.
        place: names and, in an array of tables, numbers from 0: ("smile", "move", 1, "down").

    Returns:
        Counted from 1.
    """
    names = [part for part in place if isinstance(part, str)]
    number = next((part for part in place if isinstance(part, int)), 0)
    best, best_line = 0, 1
    current: list[str] = []
    seen: dict[str, int] = {}
    for index, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            current = [part.strip().strip('"') for part in header[2].split(".")]
            if header[1] == "[[":
                count = seen.get(header[2], -1) + 1
                seen[header[2]] = count
                if current == names[: len(current)] and count != number:
                    current = []
                    continue
            known = current
        elif assigned := _ASSIGNED.match(line):
            known = [*current, assigned[1]]
        else:
            continue
        depth = len(known)
        if known == names[:depth] and depth > best:
            best, best_line = depth, index
    return best_line
