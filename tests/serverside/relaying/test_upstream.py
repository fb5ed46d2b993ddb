"""What of a page's request the relay passes on to the edge, and what it says itself."""

import httpx2

from pyrite.serverside.relaying.answering import Relay
from pyrite.serverside.relaying.asked import Asked
from pyrite.serverside.relaying.settings import RelaySettings


def test_the_edge_is_told_who_called_whatever_the_page_says_and_no_cookies_of_others() -> None:
    seen: list[httpx2.Request] = []

    def edge(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"handle": []})

    told = RelaySettings.of({"upstream": "https://edge.example", "datastream": "shop"})
    relay = Relay(told)
    relay._upstream._client = httpx2.Client(transport=httpx2.MockTransport(edge))
    headers = {
        "host": "shop.test", "origin": "https://shop.test", "sec-fetch-site": "same-origin",
        "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "http", "cookie": "session=secret; pyrite_fpid=device-1",
    }  # fmt: skip
    asked = Asked(
        method="POST", path="/t/e/v1/interact", query="configId=shop", scheme="https", headers=headers, body=b"{}", client="198.51.100.7"
    )  # fmt: skip

    assert relay.answer(asked).status == 200
    relay.close()
    told_edge = seen[0].headers
    assert (told_edge["x-forwarded-for"], told_edge["x-forwarded-proto"]) == (
        "198.51.100.7",
        "https",
    )
    assert told_edge["cookie"] == "pyrite_fpid=device-1"
