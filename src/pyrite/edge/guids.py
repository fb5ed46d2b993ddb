"""GUIDs as texts: the forms in which Sitecore writes them, and the one in which they are compared.

Pure.
"""

import re

_GUID = re.compile(
    r"(\{)?([\da-f]{8})(-?)([\da-f]{4})\3([\da-f]{4})\3([\da-f]{4})\3([\da-f]{12})(?(1)\})",
    re.ASCII | re.IGNORECASE,
)


def normal(text: str) -> str:
    """*text* as `{AAAAAAAA-0000-0000-0000-000000000001}`; '' for what is no GUID.

    Long (with dashes) or short (32 digits), with braces or without, in either case.
    """
    match = _GUID.fullmatch(text.strip())
    if match is None:
        return ""
    return "{" + "-".join([match[2], *match.groups()[3:]]).upper() + "}"
