"""Requests on their way: sent, tried again, answered or given up; the same id and text each time.

Pure. Not for what an answer means to an event: tracker.py knows. The persisted outbox has its place here.
"""

from .effects import Effect, Later, Send
from .errors import NetworkFailed, TrackerError
from .moment import Moment
from .request import ANSWER_LIMIT_MS, RETRIES, RETRYABLE, Request, answer_of, retry_delay_ms


class Outcome:
    """The end of a request: an answer, or an error."""

    def __init__(
        self,
        request: Request,
        *,
        answer: dict[str, object],
        error: TrackerError | None,
        text: str = "",
    ) -> None:
        self.request = request
        self.answer = answer
        self.text = text  # of the answer, as it came
        self.error = error


class Delivery:
    """All requests that have no outcome yet."""

    def __init__(self) -> None:
        self._open: dict[str, Request] = {}

    def send(self, request: Request) -> list[Effect]:
        """Effects that send *request* for the first time."""
        self._open[request.id] = request
        return self._attempt(request)

    def answered(
        self, id: str, *, status: int, text: str, retry_after: str, moment: Moment
    ) -> "tuple[list[Effect], Outcome | None]":
        """Effects, and the outcome unless the request goes again (429, 502, 503, 504, at most three times)."""
        request = self._open.get(id)
        if request is None or request.waiting:
            return [], None
        if status in RETRYABLE and request.attempts <= RETRIES:
            delay = retry_delay_ms(
                request.attempts,
                retry_after=retry_after,
                now_ms=moment.now_ms,
                chance=moment.chance(),
            )
            request.waiting = True
            return [Later(timer="retry:" + id, delay_ms=delay)], None
        self._open.pop(id)
        try:
            return [], Outcome(request, answer=answer_of(status, text), error=None, text=text)
        except TrackerError as error:
            return [], Outcome(request, answer={}, error=error)

    def failed(self, id: str, *, message: str) -> Outcome | None:
        """The outcome of a request that no answer came for; None when it has ended already."""
        request = self._open.pop(id, None)
        if request is None:
            return None
        return Outcome(
            request,
            answer={},
            error=NetworkFailed(f"no answer from the edge at {request.url}: {message}"),
        )

    def retry(self, id: str) -> list[Effect]:
        """Effects that send the request again that was waiting for it."""
        request = self._open.get(id)
        return self._attempt(request) if request and request.waiting else []

    def gave_up(self, id: str, attempt: int) -> Outcome | None:
        """The outcome when attempt number *attempt* of a request has run out of time; None when it is past that."""
        request = self._open.get(id)
        if request is None or request.waiting or request.attempts != attempt:
            return None
        return self.failed(id, message=f"none within {ANSWER_LIMIT_MS // 1000} s")

    def leave(self) -> list[Effect]:
        """The page goes away: effects that send at once what was waiting to be tried again."""
        effects: list[Effect] = []
        for id in sorted(self._open):
            request = self._open[id]
            if request.waiting:
                request.unloading = True
                effects.extend(self._attempt(request))
        return effects

    def _attempt(self, request: Request) -> list[Effect]:
        request.attempts += 1
        request.waiting = False
        return [
            Send(
                request=request.id,
                url=request.url,
                body=request.text,
                unloading=request.unloading,
                keepalive=True,
            ),
            Later(timer=f"limit:{request.id}:{request.attempts}", delay_ms=ANSWER_LIMIT_MS),
        ]
