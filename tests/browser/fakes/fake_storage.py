"""IndexedDB and Web Locks, as far as the browser room uses them, over the storage of the browser in memory."""

import json
from typing import Any

from js_values import JSON, Array, JsError, Obj, Promise, Target

from pyrite.testing.world import World


class Databases(Target):
    """`indexedDB`: one database with one store, whose records are those of *world*."""

    def __init__(self, window: Any, world: World) -> None:
        super().__init__()
        self._window = window
        self._world = world
        self.refuses = ""  # the name of the error that opening ends with

    def open(self, name: str, version: int) -> Target:
        request = Target()

        def done() -> None:
            if self.refuses:
                request.error = Obj(name=self.refuses)
                request.dispatch("error")
                return
            request.result = Database(self._window, self._world)
            request.dispatch("upgradeneeded")
            request.dispatch("success")

        self._window.later(done, 0)
        return request


class Database(Target):
    def __init__(self, window: Any, world: World) -> None:
        super().__init__()
        self._window = window
        self._world = world
        self.closed = False
        window.database = self

    def createObjectStore(self, name: str, options: Any) -> None:
        self.created = (name, options.keyPath)

    def close(self) -> None:
        self.closed = True

    def transaction(self, name: str, mode: str, options: Any) -> "Transaction":
        if self.closed:
            raise ValueError("the database is closed")
        return Transaction(self._window, self._world)


class Transaction(Target):
    def __init__(self, window: Any, world: World) -> None:
        super().__init__()
        self._window = window
        self._world = world
        self._work: list[Any] = []
        window.later(self._run, 0)

    def objectStore(self, name: str) -> "Transaction":
        return self

    def commit(self) -> None:
        """No more will come."""

    def put(self, record: Any) -> None:
        text = JSON.stringify(record)
        assert text is not None
        self._work.append(lambda: self._keep(json.loads(text)))

    @property
    def delete(self) -> Any:
        return Obj(
            call=lambda this, id: self._work.append(lambda: self._world.records.pop(id, None))
        )

    def clear(self) -> None:
        self._work.append(self._world.records.clear)

    def getAll(self) -> Target:
        request = Target()

        def read() -> None:
            request.result = JSON.parse(json.dumps(list(self._world.records.values())))
            request.dispatch("success")

        self._work.append(read)
        return request

    def _keep(self, record: dict[str, Any]) -> None:
        self._world.records[record["id"]] = record

    def _run(self) -> None:
        while self._work:
            self._work.pop(0)()
        self.dispatch("complete")


class Locks(Obj):
    """`navigator.locks`: each name is held until the promise of its callback settles, or the page is gone.

    What is asked for is granted at once, or, where `waits` is set, by `grant()`.
    """

    waits = False

    def __init__(self, window: Any, world: World) -> None:
        self._window = window
        self._held: dict[str, int] = getattr(world, "held", {})
        self._asked: list[Any] = []
        world.held = self._held  # type: ignore[attr-defined]

    def request(self, name: str, options: Any, function: Any) -> Promise:
        def executor(resolve: Any, reject: Any) -> None:
            def granted() -> None:
                if options.signal.aborted:
                    reject(JsError("aborted"))
                    return
                self._held[name] = self._window.number
                promise: Promise = function(Obj(name=name))
                resolve(promise.then(lambda value: self._held.pop(name, None)))

            self._asked.append(granted)

        promise = Promise(executor)
        if not self.waits:
            self.grant()
        return promise

    def grant(self) -> None:
        """Grant what waits."""
        while self._asked:
            self._asked.pop(0)()

    def query(self) -> Promise:
        number = self._window.number
        names = [name for name, holder in self._held.items() if holder == number]
        return Promise.resolve(Obj(held=Array(Obj(name=name) for name in names)))
