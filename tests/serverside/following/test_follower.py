"""A log that grows, is rotated, truncated or packed, and a follower that is killed: each view is sent, and has one id."""

import gzip
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pyrite.serverside import Sender
from pyrite.serverside.following import Follower, State, parser
from pyrite.serverside.following.logfile import MOST_LINE_BYTES, PIECE_BYTES, LogFile
from pyrite.serverside.following.rules import Rules, View
from pyrite.serverside.following.state import BAD_BYTES, Busy
from pyrite.serverside.message import Message
from pyrite.serverside.worker import Answer

RULES = Rules(
    upstream="https://edge.example", customer="00000", views=[View(path=r"/(?P<item>\d+)", itemtype=1)]
)  # fmt: skip
LONG_AGO = 1_000_000_000


def line(number: int) -> str:
    return f'203.0.113.9 - - [27/Nov/2026:22:43:09 +0000] "GET /{number} HTTP/1.1" 200 5 "-" "Firefox/140.0"\n'


class Taken(Sender):
    """A sender whose queue is a list; `room` is how many it has room for, `before` is called first."""

    def __init__(self) -> None:
        super().__init__("https://edge.example", customer="00000", transport=lambda _: Answer(status=204))  # fmt: skip
        self.taken: list[Message] = []
        self.before: Callable[[], None] = lambda: None

    def put_all(self, messages: list[Message]) -> bool:
        self.before()
        self.taken += messages
        return True


class Site:
    """A log, and what its followers have sent: each `read` is a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "access.log"
        self.state = folder / "state"
        self.log.touch()
        self.sender = Taken()
        self.notes: list[str] = []
        self.opened: list[Follower | State] = []

    def write(self, *numbers: int, end: str = "") -> None:
        with self.log.open("a") as file:
            file.write("".join([line(number) for number in numbers]) + end)

    def rotate(self) -> None:
        """Rename and create; older ones are moved on."""
        for number in (3, 2, 1):
            old = self.log.with_name(f"access.log.{number}")
            if old.exists():
                old.rename(old.with_name(f"access.log.{number + 1}"))
        self.log.rename(self.log.with_name("access.log.1"))
        self.log.touch()

    def begin(self, state: State | None = None) -> Follower:
        kept = state or State(self.state, self.state.with_name("state.bad"))
        follower = Follower(self.log, rules=RULES, parse=parser("combined"), sender=self.sender, state=kept, note=self.notes.append)  # fmt: skip
        self.opened += [follower, kept]
        return follower

    def read(self) -> Follower:
        state = State(self.state, self.state.with_name("state.bad"))
        follower = self.begin(state)
        follower.run(once=True)
        follower.close()
        state.close()
        return follower

    @property
    def items(self) -> list[int]:
        """The items that were sent, repeated ones too."""
        return [int(one.target.partition("?")[0].rpartition("/")[2]) for one in self.sender.taken]

    @property
    def stored(self) -> list[int]:
        """What an edge has: one event for each id."""
        ids = Counter(zip([one.id for one in self.sender.taken], self.items, strict=True))
        assert len({id for id, _ in ids}) == len(ids), "one id for two views"
        return sorted(item for _, item in ids)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.sender.close()
    for one in made.opened:
        one.close()


def test_a_log_is_read_from_where_the_last_process_ended(site: Site) -> None:
    site.write(1, 2)
    site.read()
    site.read()
    site.write(3)
    site.read()

    assert site.items == [1, 2, 3]


def test_a_line_counts_once_its_end_has_come(site: Site) -> None:
    site.write(1, end=line(2)[:40])
    site.read()
    assert site.items == [1]
    with site.log.open("a") as file:
        file.write(line(2)[40:])
    site.read()

    assert site.items == [1, 2]


def test_a_first_line_that_comes_in_two_halves_is_one(site: Site) -> None:
    site.write(end=line(1)[:40])
    site.read()
    with site.log.open("a") as file:
        file.write(line(1)[40:])
    site.read()

    assert site.items == [1]


def test_a_running_follower_reads_a_renamed_log_to_its_end_and_the_new_one(site: Site) -> None:
    site.write(1)
    follower = site.begin()
    follower.run(once=True)
    open_file = site.log.open("a")
    site.rotate()
    open_file.write(line(2))  # servers write to the old file until they are told
    open_file.flush()
    site.write(3)
    follower.run(once=True)
    open_file.write(line(4))
    open_file.close()
    follower.run(once=True)

    assert sorted(site.items) == [1, 2, 3, 4]


def test_a_log_that_is_not_there_for_a_moment_is_waited_for(site: Site) -> None:
    site.write(1)
    follower = site.begin()
    follower.run(once=True)
    site.log.rename(site.log.with_name("access.log.1"))
    follower.run(once=True)
    site.write(2)
    follower.run(once=True)

    assert site.items == [1, 2]


def test_rotations_while_nobody_reads_lose_nothing_packed_or_not(site: Site) -> None:
    site.write(1)
    site.read()
    site.write(2)
    for number in (3, 4, 5):
        site.rotate()
        site.write(number)
    for name in ("access.log.2", "access.log.3"):
        path = site.log.with_name(name)
        told = path.stat()
        packed = path.with_name(name + ".gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        os.utime(packed, ns=(told.st_atime_ns, told.st_mtime_ns))
        path.unlink()
    site.read()

    assert sorted(site.items) == [1, 2, 3, 4, 5]
    assert site.notes == []


def test_a_packed_file_is_unpacked_once_and_its_lines_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "access.log.1.gz"
    path.write_bytes(gzip.compress(b"x" * 50_000 + b"\n" + (b"y" * 50_000 + b"\n") * 30, 1))
    file = LogFile(path)
    stream, places = file._stream, []
    seek = stream.seek
    stream.seek = lambda place, whence=0: places.append(place) or seek(place, whence)  # type: ignore[method-assign,func-returns-value]
    read = 0
    while (piece := file.next(is_final=True)).lines:
        read += len(piece.lines)
        file.position = piece.after
    file.close()

    assert read == 31
    assert places == sorted(places)


def test_a_log_that_is_copied_and_truncated_is_read_from_its_copy(site: Site) -> None:
    site.write(1)
    follower = site.begin()
    follower.run(once=True)
    site.write(2)
    shutil.copyfile(site.log, site.log.with_name("access.log.1"))
    os.truncate(site.log, 0)
    follower.run(once=True)
    site.write(3, 4, 5)  # longer than what was read
    follower.run(once=True)

    assert sorted(site.items) == [1, 2, 3, 4, 5]
    assert site.notes == []


def test_a_log_that_is_truncated_while_nobody_reads_is_read_from_its_copy(site: Site) -> None:
    site.write(1)
    site.read()
    site.write(2)
    shutil.copyfile(site.log, site.log.with_name("access.log-20261127"))
    os.truncate(site.log, 0)
    site.write(3, 4)
    site.read()

    assert sorted(site.items) == [1, 2, 3, 4]


def test_a_log_truncated_without_a_copy_is_read_on_and_the_loss_is_told(site: Site) -> None:
    site.write(1)
    follower = site.begin()
    follower.run(once=True)
    os.truncate(site.log, 0)
    site.write(2)
    follower.run(once=True)

    assert site.items == [1, 2]
    assert "no copy" in site.notes[0]


def test_a_file_that_is_gone_is_told(site: Site) -> None:
    site.write(1)
    site.read()
    site.log.unlink()
    site.write(2)
    site.read()

    assert site.items == [1, 2]
    assert "is gone" in site.notes[0]


@pytest.mark.parametrize("cut", [slice(0, 40), slice(12, None)], ids=["half", "damaged"])
def test_a_packed_file_that_cant_be_read_is_told_and_harms_none_of_its_neighbours(
    site: Site, cut: slice
) -> None:
    site.write(1)
    site.read()
    site.write(2)
    site.rotate()
    rotated = site.log.with_name("access.log.1")
    packed = gzip.compress(rotated.read_bytes())
    damaged = packed[cut] if cut.stop else packed[:12] + b"\xff" * 20 + packed[32:]
    rotated.with_name("access.log.1.gz").write_bytes(damaged)
    rotated.unlink()
    site.write(3)
    site.read()

    assert site.items == [1, 3]
    assert site.notes


def test_a_rotated_file_that_nobody_writes_to_is_let_go_of_with_its_last_line(site: Site) -> None:
    site.write(1)
    follower = site.begin()
    follower.run(once=True)
    site.write(end=line(2).rstrip())
    site.rotate()
    os.utime(site.log.with_name("access.log.1"), (LONG_AGO, LONG_AGO))
    follower.run(once=True)
    follower.run(once=True)

    assert site.items == [1, 2]
    assert len(follower._trail.files) == 1


@pytest.mark.parametrize("how", ["renamed", "copied and truncated"])
@pytest.mark.parametrize("moment", ["before the queue has it", "after the queue has it"])
def test_a_process_that_is_killed_sends_no_view_twice_and_leaves_none_out(
    site: Site, moment: str, how: str
) -> None:
    site.write(*range(1, 20))
    state = State(site.state, None)
    follower = site.begin(state)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    def written(*details: Any) -> None:
        killed() if site.sender.taken else write(*details)

    write = state.write
    if moment == "before the queue has it":
        site.sender.before = killed
    else:
        state.write = written  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        follower.run(once=True)
    state.close()
    site.sender.before = lambda: None
    if how == "renamed":
        site.rotate()
    else:
        shutil.copyfile(site.log, site.log.with_name("access.log.1"))
        os.truncate(site.log, 0)
    site.write(20)
    site.read()

    assert site.stored == list(range(1, 21))


def test_without_a_state_a_line_has_the_id_that_it_had(site: Site) -> None:
    site.write(1, 2)
    for _ in range(2):
        site.begin(State(None, None)).run(once=True)

    assert site.items == [1, 2, 1, 2]
    assert site.stored == [1, 2]


def test_the_same_line_twice_in_a_log_is_two_views(site: Site) -> None:
    site.write(1, 1)
    site.read()

    assert site.stored == [1, 1]


def test_bad_lines_are_kept_and_harm_none_of_their_neighbours(site: Site) -> None:
    site.write(1, end="rubbish \x1b[31m\n")
    site.write(99999999999, 2)
    follower = site.read()

    assert site.items == [1, 2]
    assert (follower.lines, follower.views, follower.bad) == (4, 2, 2)
    assert site.state.with_name("state.bad").read_text() == "rubbish \x1b[31m\n" + line(99999999999)
    assert len(site.notes) == 2
    assert "rubbish" not in "".join(site.notes)


def test_bad_lines_of_a_process_that_was_killed_are_kept_once(site: Site) -> None:
    site.write(end="one\n")
    site.read()
    bad = site.state.with_name("state.bad")
    bad.write_text("one\ntwo\n")  # and then the process was killed: the state does not know of it
    site.write(end="two\n")
    site.read()

    assert bad.read_text() == "one\ntwo\n"


def test_the_file_of_bad_lines_is_bounded(site: Site, tmp_path: Path) -> None:
    state = State(None, tmp_path / "bad")
    for _ in range(BAD_BYTES // 50_000 + 100):
        state.keep_bad(b"x" * 50_000)
    state.close()

    assert (tmp_path / "bad").stat().st_size < BAD_BYTES + 60_000


@pytest.mark.parametrize("size", [MOST_LINE_BYTES + 1, PIECE_BYTES + 1, 3 * PIECE_BYTES])
def test_a_line_that_is_too_long_is_one_bad_line_of_bounded_size(site: Site, size: int) -> None:
    site.write(1, end="x" * size + "\n")
    site.write(2)
    follower = site.read()

    assert (site.items, follower.bad) == ([1, 2], 1)
    assert site.state.with_name("state.bad").stat().st_size == MOST_LINE_BYTES + 1


def test_a_line_that_is_too_long_may_end_in_the_next_process(site: Site) -> None:
    site.write(1, end="x" * 100_000)
    site.read()
    site.write(end="x\n")
    site.write(2)

    assert site.read().bad == 0
    assert site.items == [1, 2]


def test_where_the_queue_has_no_room_the_log_waits(site: Site, tmp_path: Path) -> None:
    site.write(*range(1, 10))
    state = State(site.state, None)
    with Sender("https://edge.example", customer="00000", limit=4, queue=tmp_path / "queue", transport=lambda _: Answer(status=503)) as sender:  # fmt: skip
        follower = Follower(site.log, rules=RULES, parse=parser("combined"), sender=sender, state=state, note=site.notes.append)  # fmt: skip
        put = sender.put_all

        def tried(messages: list[Message]) -> bool:
            if put(messages):
                return True
            follower.stop.set()
            return False

        sender.put_all = tried  # type: ignore[method-assign]
        follower.run(once=True)
        follower.close()

        assert sender.counts()["dropped"] == {}
    state.close()
    site.read()

    assert sorted(site.items) == list(range(1, 10))  # none of them was done with, for want of room


def test_a_queue_that_cant_be_written_is_told_and_tried_again(site: Site) -> None:
    site.write(1)
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        if len(tries) < 2:
            raise sqlite3.OperationalError("disk is full")

    site.sender.before = fail
    site.read()

    assert site.items == [1]
    assert "disk is full" in site.notes[0]


def test_two_processes_do_not_follow_by_one_state(site: Site) -> None:
    state = State(site.state, None)
    with pytest.raises(Busy, match="another process"):
        State(site.state, None)
    state.close()
    State(site.state, None).close()


def test_a_file_that_is_no_state_is_refused_and_left_alone(site: Site) -> None:
    site.state.write_text("{}")
    with pytest.raises(ValueError, match="move it away"):
        State(site.state, None)

    assert site.state.read_text() == "{}"
