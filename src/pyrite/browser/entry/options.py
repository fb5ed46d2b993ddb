"""What the commands of Python pages take, in Python's spelling, as type checkers see it.

A type alone: nothing imports it while the tracker runs.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, NotRequired, Required, TypedDict

    Object = dict[str, object]
    Hook = Callable[[Any], object]

    class Configuration(TypedDict, total=False):
        """What `configure` takes; each means what core.config says."""

        datastream_id: Required[str]
        org_id: str
        edge_domain: str
        edge_base_path: str
        default_consent: Literal["in", "out", "pending"]
        global_privacy_control_enabled: bool
        context: list[str]
        prehiding_style: str
        prehiding_timeout: float
        decisioning_method: Literal["server-side", "on-device"]
        click_collection_enabled: bool
        click_collection: Object
        download_link_qualifier: str
        on_before_link_click_send: Hook
        on_before_event_send: Hook
        auto_view_start: bool
        auto_view_start_on_hash: bool
        early: bool
        outbox: dict[str, int]
        edge_config_overrides: Object
        disconnected: bool
        debug_enabled: bool
        auto_collect_proposition_interactions: dict[str, str]
        third_party_cookies_enabled: bool
        id_migration_enabled: bool
        target_migration_enabled: bool
        personalization_storage_enabled: bool
        streaming_media: Object
        push_notifications: Object
        advertising: Object
        conversation: Object

    class Personalization(TypedDict, total=False):
        """What to ask for and report; inside, names are Alloy's."""

        decisionScopes: list[str]
        surfaces: list[str]
        sendDisplayEvent: bool
        includeRenderedPropositions: bool
        defaultPersonalizationEnabled: bool
        decisionContext: Object
        untilRendered: bool

    class Common(TypedDict, total=False):
        """What `event` and `send_event` share."""

        document_unloading: bool
        type: str
        data: Object
        xdm: Object
        merge_id: str
        decision_scopes: list[str]
        personalization: Personalization
        edge_config_overrides: Object

    class EventOptions(Common, total=False):
        """What `event` takes."""

        view_start: bool

    class SendEventOptions(Common, total=False):
        """What `send_event` takes."""

        render_decisions: bool
        dataset_id: str
        advertising: Object

    class ApplyPropositionsOptions(TypedDict, total=False):
        """What `apply_propositions` takes."""

        propositions: list[Any]
        metadata: dict[str, Object]
        view_name: str

    class ApplyResponseOptions(TypedDict, total=False):
        """What `apply_response` takes."""

        render_decisions: bool
        response_headers: Object
        response_body: Required[Object]
        personalization: Personalization

    class JssEvent(TypedDict):
        """An event of Sitecore JSS. Keys of your own: derive from a kind, `class Rated(JssEvent): stars: int`."""

        eventId: str

    class JssGoal(TypedDict):
        """A goal of Sitecore JSS."""

        goalId: str

    class JssOutcome(TypedDict):
        """An outcome of Sitecore JSS."""

        outcomeId: str
        currencyCode: NotRequired[str]
        monetaryValue: NotRequired[float]

    class JssCampaign(TypedDict):
        """A campaign of Sitecore JSS."""

        campaignId: str

    class JssPageView(TypedDict):
        """A page view of Sitecore JSS: the GUID of a page, and any text as its address."""

        pageId: str
        url: str

    JssTracked = JssEvent | JssGoal | JssOutcome | JssCampaign | JssPageView

    class TrackOptions(TypedDict, total=False):
        """What `track_event` takes beside the events."""

        host: str
        service_url: str
        action: str
        querystring_params: Object
        document_unloading: bool

    class IbexaAfter(TypedDict, total=False):
        """What an event of Ibexa's waits for: one of these, elements by a selector."""

        seconds: float
        scrolled: float
        played: str
        visible: str
        steps: int

    class IbexaOptions(TypedDict, total=False):
        """What `ibexa` takes; parameters of your own by `alloy("ibexa", {…})`."""

        event: str
        path: str
        itemtype: int | str
        item: int | str
        items: list[int] | list[str]
        user: str
        target: str
        customer: str
        token: str
        eid: str
        categorypath: str
        percentage: int
        quantity: int
        fullprice: str
        price: str
        rating: int
        scenario: str
        modelid: str
        triggername: str
        after: IbexaAfter
        document_unloading: bool

    class SetConsentOptions(TypedDict, total=False):
        """What `set_consent` takes."""

        consent: Required[list[Object]]
        identity_map: Object
        edge_config_overrides: Object

    class GetIdentityOptions(TypedDict, total=False):
        """What `get_identity` takes."""

        namespaces: list[str]
        edge_config_overrides: Object

    class AppendIdentityToUrlOptions(TypedDict, total=False):
        """What `append_identity_to_url` takes."""

        url: Required[str]
        edge_config_overrides: Object

    class SetDebugOptions(TypedDict):
        """What `set_debug` takes."""

        enabled: bool
