"""Crawlers that say so are known; browsers, tools and whoever says nothing are not."""

import time

import pytest

from pyrite.edge.jss.callers.agents import LIMIT, is_known_robot

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "my-own-spider",
    ],
)
def test_a_crawler_is_known(agent: str) -> None:
    assert is_known_robot(agent)


@pytest.mark.parametrize(
    "agent",
    [
        "",
        CHROME,
        CHROME.replace("Chrome", "HeadlessChrome"),
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "curl/8.11.0",
        "python-requests/2.32",
        "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
        "node",
        "axios/1.7.7",
        "undici",
    ],
)
def test_browsers_and_tools_are_not(agent: str) -> None:
    assert not is_known_robot(agent)


@pytest.mark.parametrize("piece", ["a", "0.", "(", " ", "http:", "Mozilla/5.0 "])
def test_no_agent_keeps_the_edge_busy(piece: str) -> None:
    is_known_robot(CHROME)
    started = time.thread_time()
    is_known_robot(piece * LIMIT)

    assert time.thread_time() - started < 0.1
