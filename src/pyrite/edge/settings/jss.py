"""`[jss]`: what an edge that takes Sitecore JSS tracking can be told."""

from typing import Annotated, Literal

import msgspec

from ..guids import normal
from ..origins import checked
from .mistakes import SettingsError

ANY = "*"
TRACKER, LAYOUT = "tracker", "layout"


class JssKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[jss.keys."{GUID}"]`: an app that may call."""

    origins: str | list[str] = ""
    """The origins of the app's pages, as a list or separated by semicolons; `*` takes every page, which suits development only."""
    services: list[Literal["*", "tracker", "layout"]] = msgspec.field(default_factory=lambda: ["*"])
    """What the key opens: `tracker`, `layout`, or `*` for both."""

    def __post_init__(self) -> None:
        """Raises SettingsError for an origin that no browser sends."""
        for origin in self.listed:
            try:
                if origin != ANY:
                    checked(origin)
            except ValueError as error:
                raise SettingsError(f"origins: {error}", key="origins") from None

    @property
    def listed(self) -> list[str]:
        """The origins one by one."""
        origins = self.origins.split(";") if isinstance(self.origins, str) else self.origins
        return [origin.strip() for origin in origins if origin.strip()]


class JssProcessor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[jss.processors]]`: one more in the pipeline, or one less."""

    use: str = ""
    """A subclass of pyrite.edge.jss.TrackEvent, as `module:Class`."""
    before: str = ""
    """The name of the processor in front of which it stands."""
    after: str = ""
    """The name of the processor behind which it stands; at the end where none is named."""
    replaces: str = ""
    """The name of the processor whose place and name it takes."""
    remove: str = ""
    """The name of a processor that is taken away; nothing else is said then."""

    def __post_init__(self) -> None:
        """Raises SettingsError for a row that says nothing, or too much."""
        places = [name for name in ("before", "after", "replaces") if getattr(self, name)]
        if self.remove and (self.use or places):
            raise SettingsError("remove: expected nothing beside it", key="remove")
        if not self.remove and ":" not in self.use:
            raise SettingsError(f"use: expected 'module:Class', got {self.use!r}", key="use")
        if len(places) > 1:
            raise SettingsError(f"{places[1]}: expected one place, got {places}", key=places[1])


class Jss(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[jss]`."""

    enabled: bool = False
    """Whether the service answers: Sitecore's setting `Sitecore.JSS.TrackerServiceEnabled`."""
    path: str = "sitecore/api/jss/track"
    """The path before `/event` and `/flush`."""
    layout_path: str = "sitecore/api/layout/render"
    """The path before `/jss`, where layouts are asked for."""
    datastream: str = "jss"
    """The data stream that its events are filed under."""
    session_minutes: Annotated[float, msgspec.Meta(gt=0, le=10_000)] = 20
    """Minutes without an event after which a session is over."""
    index_anonymous: bool = False
    """Whether contacts that nobody has identified are listed."""
    explicit_consent: bool = False
    """Whether nothing is stored without a consent that was given."""
    robots: Literal["mark", "drop", "ignore"] = "mark"
    """What becomes of robots' events: marked, or not stored; `ignore` takes every caller for a human, in development."""
    max_events: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1000
    """Events in one body."""
    definitions: str = "definitions.toml"
    """The file of events, goals, outcomes, campaigns and pages; read again when it changes."""
    global_cookie: Annotated[str, msgspec.Meta(pattern=r"^[\w.!#$%&'*+^`|~-]{1,100}$")] = (
        "SC_ANALYTICS_GLOBAL_COOKIE"
    )
    """The name of the cookie that knows the contact."""
    session_cookie: Annotated[str, msgspec.Meta(pattern=r"^[\w.!#$%&'*+^`|~-]{1,100}$")] = (
        "ASP.NET_SessionId"
    )
    """The name of the cookie that knows the session."""
    keys: dict[str, JssKey] = {}
    """The apps that may call, by GUID."""
    processors: list[JssProcessor] = []
    """Changes of the pipeline, in this order."""

    def __post_init__(self) -> None:
        """Raises SettingsError for a key that is no GUID, or stands there twice."""
        guids: set[str] = set()
        for key in self.keys:
            guid = normal(key)
            if not guid or guid in guids:
                problem = "stands there twice" if guid else "is no GUID"
                remedy = "a key looks like '{AAAAAAAA-0000-0000-0000-000000000001}'"
                raise SettingsError(
                    f"keys.{key}: {key!r:.100} {problem}; {remedy}", key=f"keys.{key}"
                )
            guids.add(guid)
