"""Consent by the IAB's Transparency and Consent Framework 2: what a consent text means for this edge.

As Adobe's edge has it (adobe/alloy, its tests of IAB consent): `in` where the GDPR does not apply, else where the visitor
consents to purpose 1 (storing information on the device) and to Adobe, vendor 565. Where it is not said whether the GDPR
applies, it does. Pure.
"""

from typing import Any

from ...core.errors import ConsentError
from ...core.visitor.consent import IN, OUT, TCF
from ...core.visitor.consent import general as in_words

ADOBE = 565  # https://iabeurope.eu/vendor-list-tcf/
LONGEST = 20_000  # characters: with every vendor there is, they are a few thousand
_VERSION, _PURPOSES, _LAST_VENDOR, _IS_RANGES, _VENDORS = 0, 152, 213, 229, 230  # bits before each
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}


def general(consent: Any) -> str:
    """`in` or `out`: what the list *consent* amounts to, every record of it. Raises ConsentError."""
    words = in_words(consent)
    answers = [_answer(record) for record in consent if record["standard"] == TCF]
    return OUT if OUT in answers else words or IN


def _answer(record: dict[str, Any]) -> str:
    text = record["value"]
    try:
        consents = _Bits(text).consents()
    except (KeyError, IndexError):
        raise ConsentError(
            f"consent: expected the text of a TCF 2 consent, got {text!r:.100}", path="consent"
        ) from None
    return IN if consents or record.get("gdprApplies") is False else OUT


class _Bits:
    """The core of a consent text: its first part, base64url without padding.

    Source: github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework, "TC string format".
    """

    def __init__(self, text: str) -> None:
        """Raises KeyError for what is no base64url, IndexError for what is too short or too long."""
        core = text.partition(".")[0]
        if len(core) > LONGEST:
            raise IndexError(len(core))
        self._bits = "".join([f"{_VALUES[char]:06b}" for char in core])

    def consents(self) -> bool:
        """Whether the visitor consents to purpose 1 and to Adobe. Raises IndexError."""
        if self._number(_VERSION, 6) != 2:
            raise IndexError(0)
        purpose, vendor = self._number(_PURPOSES, 1) == 1, self._has_vendor(ADOBE)
        return purpose and vendor

    def _has_vendor(self, id: int) -> bool:
        if not self._number(_IS_RANGES, 1):
            last = self._number(_LAST_VENDOR, 16)
            self._number(_VENDORS, last)  # all of them must be there
            return id <= last and self._number(_VENDORS + id - 1, 1) == 1
        present, at = False, _VENDORS + 12
        for _ in range(self._number(_VENDORS, 12)):
            several = self._number(at, 1)
            start = self._number(at + 1, 16)
            end = self._number(at + 17, 16) if several else start
            present = present or start <= id <= end
            at += 33 if several else 17
        return present

    def _number(self, at: int, bits: int) -> int:
        piece = self._bits[at : at + bits]
        if len(piece) < bits:
            raise IndexError(at)
        return int(piece, 2) if piece else 0
