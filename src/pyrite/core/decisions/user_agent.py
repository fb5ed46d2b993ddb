"""What a User-Agent text says of a device: its kind, operating system and browser, as far as experiences ask.

Pure, and no more than that: it is the same text in a page (`navigator.userAgent`) and in the edge's header, so both decide
alike. Not for bots. Source for the tokens: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/User-Agent
"""

TYPES = ("desktop", "mobile", "tablet")
SYSTEMS = ("android", "ios", "windows", "macos", "chromeos", "linux", "other")
BROWSERS = ("chrome", "safari", "firefox", "edge", "opera", "samsung", "other")

# The first token that is found names it: those that others imitate come last.
_SYSTEM_TOKENS = (
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("iPod", "ios"),
    ("Android", "android"),
    ("Windows", "windows"),
    ("CrOS", "chromeos"),
    ("Mac OS X", "macos"),
    ("Linux", "linux"),
)
_BROWSER_TOKENS = (
    ("Edg", "edge"),
    ("OPR/", "opera"),
    ("SamsungBrowser/", "samsung"),
    ("Firefox/", "firefox"),
    ("FxiOS/", "firefox"),
    ("CriOS/", "chrome"),
    ("Chrome/", "chrome"),
    ("Safari/", "safari"),
)


def parse_device(agent: str) -> dict[str, str]:
    """`{device, os, browser}`, each one of TYPES, SYSTEMS, BROWSERS. An iPad that asks for desktop pages is a macOS desktop."""
    system = _first(agent, _SYSTEM_TOKENS)
    tablet = "iPad" in agent or "Tablet" in agent or (system == "android" and "Mobile" not in agent)
    mobile = "Mobi" in agent or system in ("ios", "android")
    kind = "mobile" if mobile else "desktop"
    return {
        "device": "tablet" if tablet else kind,
        "os": system,
        "browser": _first(agent, _BROWSER_TOKENS),
    }


def _first(agent: str, tokens: "tuple[tuple[str, str], ...]") -> str:
    for token, name in tokens:
        if token in agent:
            return name
    return "other"
