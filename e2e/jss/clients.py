"""Calls of tracking clients in a page: the vendor's two generations, and ours."""

import json
from typing import Any

from playwright.sync_api import Page
from support.packs import WEB, bundled

from .recorder import Recorder

KEY = "{AAAAAAAA-0000-0000-0000-000000000001}"
PARAMS = {"sc_apikey": KEY}
ENTRY = """
import { trackingApi as jss19 } from "@sitecore-jss/sitecore-jss-tracking";
import { AxiosDataFetcher } from "@sitecore-jss/sitecore-jss";
import { trackingApi as jss23 } from "sitecore-jss-23/tracking";
import { NativeDataFetcher } from "sitecore-jss-23";
import { RestLayoutService } from "sitecore-jss-23/layout";
import { trackingApi as ours } from DROP_IN;

const axios = new AxiosDataFetcher(), native = new NativeDataFetcher({ credentials: "include" });
const fetchers = {
  axios: (url, data) => axios.fetch(url, data),
  native: (url, data) => native.fetch(url, data),
  bare: (url, data) => new NativeDataFetcher().fetch(url, data), // as an app has it that says nothing of credentials
  plain: (url, data) => fetch(url, { method: "POST", body: JSON.stringify(data) }).then(async (response) => ({ status: response.status, statusText: response.statusText, data: await response.text() })),
};
const told = (value) => (value === undefined ? "undefined" : value);

window.layouts = RestLayoutService;
window.clients = { jss19, jss23, ours };
window.run = async (client, events, options, fetcher) => {
  if (options && fetcher) options = { ...options, fetcher: fetchers[fetcher] };
  let promise;
  try {
    promise = window.clients[client].trackEvent(events, options);
  } catch (error) {
    return { threw: error.name };
  }
  try {
    return { resolved: told(await promise) };
  } catch (error) {
    const { status, data } = error.response || {};
    return { rejected: told(error.message), code: told(error.code), status: told(status), data: told(data) };
  }
};
"""


def bundle() -> str:
    """The script with every client; the drop-in as it stands in web/."""
    place = json.dumps(str(WEB / "jss" / "tracking.mjs"))
    return bundled(ENTRY.replace("DROP_IN", place), "clients.js")


class Client:
    """Calls from the page of *recorder*, which stands on `site` while the service is at 127.0.0.1."""

    def __init__(self, page: Page, recorder: Recorder, site: str = "localhost") -> None:
        self.page = page
        self.recorder = recorder
        page.goto(recorder.origin(site) + "/page")

    def __call__(
        self, client: str, events: Any, options: dict[str, Any] | None = None, fetcher: str = ""
    ) -> Any:
        """What came of a call: `{resolved}`, `{rejected, code, status, data}` or `{threw}`; the host is the recorder's."""
        given = None if options is None else {"host": self.recorder.origin()} | options
        call = (
            "([client, events, options, fetcher]) => window.run(client, events, options, fetcher)"
        )
        return self.page.evaluate(call, [client, events, given, fetcher])
