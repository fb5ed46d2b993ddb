"""Who the visitor is: the device id that the page mints, the ECID in the edge's cookie, cookies as texts.

Pure. Source for the cookie's form: base64url of a protobuf whose field 1 is the ECID (Adobe's Web SDK 2.33).
"""

from ..digits import is_digits
from ..urls import ALPHABET, quote

FPID_COOKIE = "pyrite_fpid"
MINTED_COOKIE = "pyrite_new"  # of a page that was left before its tracker could keep the device id
FPID_MAX_AGE_S = 34128000  # 395 days: the longest Chromium keeps a cookie is 400
IDENTITY_MAX_AGE_S = 34128000
CLUSTER_MAX_AGE_S = 1800
COOKIE_READ = 400  # characters of the identity cookie: what stands behind the ECID is not for us
ENCODED = 4  # times that an address may have been encoded on its way, by systems that pass it on


def cookies(text: str) -> dict[str, str]:
    """`{name: value}` of a Cookie header or `document.cookie`; of a name that stands twice, the first."""
    values: dict[str, str] = {}
    for piece in text.split(";"):
        name, separator, value = piece.strip(" ").partition("=")
        if separator and name not in values:
            values[name] = value
    return values


def parse_ecid(cookie: str) -> str:
    """The ECID in the value of an identity *cookie*; empty where it can't be read."""
    octets = _to_bytes(cookie[:COOKIE_READ])
    if len(octets) < 2 or octets[0] != 0x0A or octets[1] > len(octets) - 2:
        return ""
    digits = "".join([chr(octet) for octet in octets[2 : 2 + octets[1]]])
    return digits if is_digits(digits) else ""


def identity_cookie(ecid: str) -> str:
    """The value of the identity cookie that carries *ecid* (digits)."""
    return _base64url([0x0A, len(ecid)] + [ord(digit) for digit in ecid])


def append_to_url(url: str, *, ecid: str, org_id: str, now_ms: int) -> str:
    """*url* with `adobe_mc=TS=…|MCMID=…|MCORGID=…`, before the part after `#`.

    The receiving page accepts it for five minutes. Source: Adobe's Web SDK, appendIdentityToUrl.
    """
    value = f"TS={now_ms // 1000}|MCMID={ecid}|MCORGID={org_id}"
    head, mark, tail = url.partition("#")
    joint = "&" if "?" in head else "?"
    if head.endswith("?") or head.endswith("&"):
        joint = ""
    return f"{head}{joint}adobe_mc={quote(value)}{mark}{tail}"


def ecid_in_url(url: str, *, org_id: str, now_ms: int) -> str:
    """The ECID that another page of the organisation appended to *url* at most five minutes ago; else empty."""
    value = in_query(url, "adobe_mc")
    for _ in range(ENCODED):
        value = unquoted(value)
    fields = {}
    for field in value.split("|"):
        key, _, content = field.partition("=")
        fields[key] = content
    stamp = fields.get("TS", "").partition(".")[0]
    fresh = is_digits(stamp) and -300 <= now_ms // 1000 - int(stamp) <= 300
    ecid = fields.get("MCMID", "")
    return ecid if fresh and fields.get("MCORGID") == org_id and is_digits(ecid) else ""


def in_query(url: str, name: str) -> str:
    """The last value of *name* in the query of *url*, as it stands there; where it has none, in one behind the `#`."""
    match = ""
    head, _, tail = url.partition("#")
    for place in (tail, head):
        for pair in place.partition("?")[2].split("&"):
            key, _, value = pair.partition("=")
            if key == name:
                match = value
    return match


def unquoted(text: str) -> str:
    """*text* with the percent-encoding of `=`, `|`, `@` and `%` undone once: all that identities in addresses and cookies use."""
    for code, char in (
        ("%25", "%"),
        ("%3D", "="),
        ("%3d", "="),
        ("%7C", "|"),
        ("%7c", "|"),
        ("%40", "@"),
    ):
        text = text.replace(code, char)
    return text


def _base64url(octets: list[int]) -> str:
    out = []
    for start in range(0, len(octets), 3):
        group = octets[start : start + 3]
        bits = 0
        for octet in group + [0] * (3 - len(group)):
            bits = bits << 8 | octet
        chars = [ALPHABET[(bits >> shift) & 63] for shift in (18, 12, 6, 0)]
        out.append("".join(chars[: len(group) + 1]))
    return "".join(out)


def _to_bytes(text: str) -> list[int]:
    octets = []
    bits = 0
    count = 0
    for char in unquoted(text):
        if char == "=":
            break
        place = ALPHABET.find(char)
        if place < 0:
            return []
        bits = bits << 6 | place
        count += 6
        if count >= 8:
            count -= 8
            octets.append((bits >> count) & 255)
            bits &= (1 << count) - 1
    return octets
