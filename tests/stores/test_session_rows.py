"""Sessions where several batches are written in one transaction, as they are when many come at once."""

import sqlite3
from collections import Counter
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pyrite.stores.contract import Batch, Event, SessionStep
from pyrite.stores.sqlite.rows import write
from pyrite.stores.sqlite.schema import complete

IDLE_MS = 1000
EVENT = Event(
    datastream="shop", id="e", type="t", url="", visitor="v1", made_ms=1, received_ms=2, body="{}"
)
STEP = SessionStep(datastream="shop", source="jss", visitor="v1", id="s", at_ms=0, idle_ms=IDLE_MS)


def batch(event: str, session: str, at_ms: int) -> Batch:
    events = (replace(EVENT, id=event),) if event else ()
    return Batch(events=events, session=replace(STEP, id=session, at_ms=at_ms))


def test_a_session_that_a_repeated_event_opens_is_kept_for_the_new_one_beside_it() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        complete(connection)
        write(connection, [batch("e1", "s1", 0)])
        later = [batch("e1", "s2", 9000), batch("e2", "s3", 9001)]
        receipts = write(connection, later)
        found = connection.execute("SELECT id, events FROM sessions ORDER BY id").fetchall()

    assert [receipt.session for receipt in receipts] == ["s2", "s2"]
    assert found == [("s1", 1), ("s2", 1)]


def test_a_session_without_a_new_event_is_in_no_receipt() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        complete(connection)
        write(connection, [batch("e1", "s1", 0)])
        receipts = write(connection, [batch("e1", "s2", 9000), batch("", "s3", 9001)])

    assert [receipt.session for receipt in receipts] == ["", ""]


GROUPS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["", "1", "2", "3", "4"]), st.sampled_from([0, 1, 1002, 5000])),
        min_size=1,
        max_size=4,
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(GROUPS)
def test_the_session_of_every_event_is_there_and_counts_it(
    groups: list[list[tuple[str, int]]],
) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        complete(connection)
        for number, group in enumerate(groups):
            batches = [
                batch(event, f"s{number}.{place}", at_ms)
                for place, (event, at_ms) in enumerate(group)
            ]
            write(connection, batches)
        counted = dict(connection.execute("SELECT id, events FROM sessions").fetchall())
        held = Counter(row[0] for row in connection.execute("SELECT session FROM events"))

    assert counted == held
