"""The nearest known name to a mistyped one, for error sentences."""


def nearest(name: str, known: list[str]) -> str | None:
    """The name in *known* that is at most two edits (or a third of its length) away; None if there is none."""
    best = None
    best_distance = max(2, len(name) // 3) + 1
    for candidate in known:
        distance = (
            0 if candidate.lower() == name.lower() else _distance(name.lower(), candidate.lower())
        )
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best


def did_you_mean(name: str, known: list[str]) -> str:
    """` (did you mean 'event'?)`, or nothing where no known name is near."""
    candidate = nearest(name, known)
    return f" (did you mean {candidate!r}?)" if candidate else ""


def _distance(a: str, b: str) -> int:
    """Edits (insert, delete, replace, swap of neighbours) from *a* to *b*: optimal string alignment."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        current = [i]
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            best = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, before[j - 2] + 1)
            current.append(best)
        before, row = row, current
    return row[len(b)]
