"""The seam for wire protocols: what a dialect says of its addresses, requests and answers.

A dialect knows its own addresses and texts, and nothing of stores, limits or metrics: receive.py does the same for all. A new
one is a folder beside adobe/, and a row in the list in app.py.
"""

from typing import Protocol, TypeVar

from starlette.responses import Response

from ...stores.contract import Receipt
from ..http.call import Call, Owner
from .arrival import Arrival

A = TypeVar("A", bound=Arrival)
A_co = TypeVar("A_co", bound=Arrival, covariant=True)


class Reader(Protocol[A_co]):
    """The half of a dialect that also reads bad rows again."""

    @property
    def name(self) -> str:
        """The source of its events and bad rows, in the store for good."""

    def read(self, call: Call, content: bytes) -> A_co:
        """What *content* holds: the body of *call*, unpacked, or the query where the method has no body.

        Raises Problem where nothing of it can be used. Of a row that is replayed (`call.row`) the call has the address alone,
        no route and no headers; its events are as many as there are, and nothing but them counts.
        """


class Dialect(Owner, Reader[A], Protocol[A]):
    """One wire protocol, all of it."""

    def answer(self, arrival: A, receipt: Receipt) -> Response:
        """The answer to what has arrived and is on disk."""

    def whose(self, call: Call, content: bytes) -> tuple[str, str]:
        """`(device id, ECID)` that a refused *content* names, whatever it is, so that it can be erased with them."""
