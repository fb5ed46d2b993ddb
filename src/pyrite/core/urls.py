"""Hosts in addresses: `www.example.com:8443`, `[::1]:8000`, and which of them are this machine. Pure."""

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"


def host_of(url: str) -> str:
    """`www.example.com:8443` of an absolute *url*; empty where there is none."""
    separator = url.find("://")
    if separator < 0:
        return ""
    rest = url[separator + 3 :]
    for end in ("/", "?", "#"):
        rest = rest.partition(end)[0]
    return rest.rpartition("@")[2]


def split_host(host: str) -> "tuple[str, str]":
    """`(name, port)` of a host with or without a port; IPv6 addresses keep their brackets."""
    if host.startswith("["):
        name, _, rest = host.partition("]")
        return name + "]", rest[1:]
    name, _, port = host.partition(":")
    return name, port


def is_loopback(name: str) -> bool:
    """Whether *name* (without a port) is this machine."""
    return name in LOOPBACK or name.endswith(".localhost")
