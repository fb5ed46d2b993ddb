"""The visitor as this page knows them: cookies, device id, ECID, consent.

Pure. Cookies are read from each Moment's facts, and kept in memory as well, for pages where cookies are blocked.
Facts: `cookie` (document.cookie), `topDomain` (where a cookie holds for the whole site; '' for this host alone), `gpc`,
`device` (an id that the loader or the base code has minted, and not stored).
"""

from ..digits import is_digits
from ..effects import Effect, Log, SetCookie
from ..event import part, text_at
from ..moment import MAX_NUMBER, Moment
from ..options.configure import Config
from ..urls import parse_host, split_host
from .consent import consent_state, source
from .identity import FPID_COOKIE, FPID_MAX_AGE_S, MINTED_COOKIE, cookies, ecid_in_url, parse_ecid


class Visitor:
    """The visitor as one configured tracker sees them."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._kept: dict[str, str] = {}
        self._text = ""  # of the page's cookies as they were parsed last, and what it says
        self._parsed: dict[str, str] = {}
        self._fpid = ""
        self._minted = ""  # the device id that this page has sent before any other was stored
        self.former = ""  # that one, once another tab's has been stored in its place
        self._ids: dict[str, str] = {}  # as the edge gave them, by namespace
        self._region_id: int | None = None  # once the edge has told
        self._read = ("", "")  # the identity cookie last seen, and the ECID in it

    def cookies(self, moment: Moment) -> dict[str, str]:
        """The page's cookies, and those that the edge set but the browser does not store."""
        text = moment.text("cookie")
        if text != self._text:
            self._text = text
            self._parsed = cookies(text)
        values = dict(self._kept)
        values.update(self._parsed)
        return values

    def consent(self, moment: Moment) -> str:
        """`in`, `out` or `pending`."""
        default = self._config.text("defaultConsent")
        return consent_state(cookie=self._choice(moment), gpc=self._gpc(moment), default=default)

    def chosen(self, moment: Moment) -> str:
        """`in` or `out` if the visitor has chosen; else empty."""
        return consent_state(cookie=self._choice(moment), gpc=False, default="")

    def why_out(self, moment: Moment) -> str:
        """Why consent is out, as a sentence."""
        return source(cookie=self._choice(moment), gpc=self._gpc(moment))

    def _choice(self, moment: Moment) -> str:
        return self.cookies(moment).get(self._config.cookie_prefix + "consent", "")

    def _gpc(self, moment: Moment) -> bool:
        return moment.facts.get("gpc") is True and self._config.flag("globalPrivacyControlEnabled")

    def ecid(self, moment: Moment) -> str:
        """The ECID from the edge; empty before it has assigned one."""
        cookie = self.cookies(moment).get(self._config.cookie_prefix + "identity", "")
        if cookie != self._read[0]:
            self._read = (cookie, parse_ecid(cookie))
        return self._read[1] or self._ids.get("ECID", "")

    def region_id(self, moment: Moment) -> object:
        """The number of the edge's region; the location hint as long as the number is unknown."""
        return self.region(moment) if self._region_id is None else self._region_id

    def learn_region(self, header: str) -> None:
        """Keep the number in the edge's *header* x-adobe-edge: 35 of `or2;35`."""
        number = header.partition(";")[2].strip(" ")
        if is_digits(number):
            self._region_id = int(number)

    def region(self, moment: Moment) -> str:
        """The edge's location hint for this visitor; empty if there is none."""
        return self.cookies(moment).get(self._config.cookie_prefix + "cluster", "")

    def knows_device(self, moment: Moment) -> bool:
        """Whether the visitor has a device id."""
        return self._fpid != "" or FPID_COOKIE in self.cookies(moment)

    def fpid(self, moment: Moment) -> "tuple[str, list[Effect]]":
        """The device id, and the effects that store a new one. Never called without consent."""
        cookies = self.cookies(moment)
        known = cookies.get(FPID_COOKIE, "") or self._fpid
        # One has been minted where an event left before the tracker was there, on this page or on one before it.
        self._minted = self._minted or moment.text("device")
        self._fpid = known or cookies.get(MINTED_COOKIE, "") or self._minted
        if self._fpid == "":
            self._fpid = self._minted = moment.new_id()
        if self._minted and self._minted != self._fpid:
            self.former = self._minted
        if known:
            return self._fpid, []
        return self._fpid, [self._cookie(FPID_COOKIE, self._fpid, FPID_MAX_AGE_S, "Lax", moment)]

    def identity_map(self, moment: Moment, fpid: str) -> dict[str, object]:
        """The identity map of a request: the device id, and an ECID that another page handed over in the address."""
        identities: dict[str, object] = {"FPID": [{"id": fpid}]}
        if not self.ecid(moment):
            handed = ecid_in_url(
                moment.text("url"), org_id=self._config.org_id, now_ms=moment.now_ms
            )
            if handed:
                identities["ECID"] = [{"id": handed}]
        return identities

    def state(self, moment: Moment, *, bare: bool = False) -> dict[str, object]:
        """`meta.state` of a request; cookies go along as entries where the browser does not send them itself."""
        state: dict[str, object] = {
            "domain": moment.text("topDomain"),
            "cookiesEnabled": moment.facts.get("cookiesEnabled") is not False,
        }
        if bare or not self._same_site(moment):
            cookies = self.cookies(moment)
            prefix = self._config.cookie_prefix
            names = sorted(
                [name for name in cookies if name.startswith(prefix) or name == "at_qa_mode"]
            )
            if names:
                state["entries"] = [{"key": name, "value": cookies[name]} for name in names]
        return state

    def store(self, entries: list[dict[str, object]], moment: Moment) -> list[Effect]:
        """Effects for the payload of a `state:store` handle; only names of this organisation are taken."""
        effects: list[Effect] = []
        for entry in entries:
            key = entry.get("key")
            value = entry.get("value")
            if not isinstance(key, str) or not isinstance(value, str):
                continue
            if not key.startswith(self._config.cookie_prefix):
                if key.startswith("kndctr_") and key not in self._kept:
                    # With an edge of another organisation no identity is ever kept.
                    self._kept[key] = ""
                    line = f"orgId: expected {self._config.cookie_prefix}…, the edge stores {key}"
                    effects.append(Log(level="warn", message=line))
                continue
            attrs = entry.get("attrs")
            same_site = attrs.get("SameSite") if isinstance(attrs, dict) else None
            age = entry.get("maxAge")
            self._kept[key] = value
            seconds = 0
            if isinstance(age, (int, float)):
                seconds = int(min(max(age, -1), MAX_NUMBER))
            effects.append(
                self._cookie(
                    key, value, seconds, same_site if isinstance(same_site, str) else "Lax", moment
                )
            )
        return effects

    def keep(self, name: str, value: str, max_age_s: int, moment: Moment) -> list[Effect]:
        """Effects that store a cookie of our own; where cookies are blocked it holds for this page."""
        self._kept[name] = value
        return [self._cookie(name, value, max_age_s, "Lax", moment)]

    def learn(self, identities: list[dict[str, object]]) -> None:
        """Keep the ids of an `identity:result` handle's payload, by namespace."""
        for identity in identities:
            self._ids[text_at(part(identity, "namespace"), "code")] = text_at(identity, "id")

    def core(self) -> str:
        """The id in Adobe's namespace CORE; empty if the edge has not assigned one."""
        return self._ids.get("CORE", "")

    def _same_site(self, moment: Moment) -> bool:
        edge = split_host(parse_host(self._config.edge_root(moment.site()) + "/"))[0]
        page = split_host(parse_host(moment.site()))[0]
        top = moment.text("topDomain")
        return edge == page or (top != "" and (edge == top or edge.endswith("." + top)))

    def _cookie(
        self, name: str, value: str, max_age_s: int, same_site: str, moment: Moment
    ) -> Effect:
        # The page's cookies in this moment are older than this one; the first of a name wins.
        moment.facts.set("cookie", f"{name}={value}; " + moment.text("cookie"))
        return SetCookie(
            name=name,
            value=value,
            max_age_s=max_age_s,
            domain=moment.text("topDomain"),
            same_site=same_site,
        )
