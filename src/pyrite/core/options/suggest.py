"""The nearest known name to a mistyped one, for error sentences."""

LONGEST = 64  # characters of a name that is compared: the work grows with its square, and nobody mistypes more


def nearest(name: str, known: list[str]) -> str | None:
    """The name in *known* that is at most two edits (or a third of its length) away; None if there is none, or *name* is
    longer than any."""
    if len(name) > LONGEST:
        return None
    best = None
    best_distance = max(2, len(name) // 3) + 1
    for candidate in known:
        distance = (
            0 if candidate.lower() == name.lower() else _distance(name.lower(), candidate.lower())
        )
        if distance < best_distance:
            best = candidate
            best_distance = distance
    return best


def did_you_mean(name: str, known: list[str]) -> str:
    """` (did you mean 'event'?)`, or nothing where no known name is near."""
    candidate = nearest(name, known)
    return f" (did you mean {candidate!r}?)" if candidate else ""


def _distance(a: str, b: str) -> int:
    """Letters to insert, delete or replace on the way from *a* to *b* (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i in range(len(a)):
        before = row
        row = [i + 1]
        for j in range(len(b)):
            cost = 0 if a[i] == b[j] else 1
            row.append(min(before[j + 1] + 1, row[j] + 1, before[j] + cost))
    return row[len(b)]
