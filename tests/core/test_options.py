"""Options are read against a table, and every problem is told at once."""

from given import raises

from pyrite.core.commands.event import EVENT
from pyrite.core.commands.table import COMMANDS
from pyrite.core.errors import OptionsError
from pyrite.core.options.check import read
from pyrite.core.options.configure import CONFIGURE, configure


def test_every_problem_is_reported_in_one_error():
    error = raises(
        OptionsError,
        configure,
        {"edgeDomian": "x.test", "defaultConsent": "maybe", "context": ["web", "weather"]},
    )

    for part in (
        "options.datastreamId: missing; expected a non-empty string",
        "options.edgeDomian: unknown",
        "did you mean 'edgeDomain'?",
        "options.defaultConsent: expected one of 'in', 'out', 'pending', got 'maybe'",
        "options.context: expected a list of web, device",
    ):
        assert part in error.message, (part, error.message)
    assert error.code == "options.invalid"


def test_every_default_is_the_documented_one():
    values = configure({"datastreamId": "shop"}).values

    assert values["edgeBasePath"] == "ee"
    assert values["defaultConsent"] == "in"
    assert values["context"] == ("web", "device", "environment", "placeContext")
    assert values["clickCollectionEnabled"] is True
    assert values["clickCollection"]["downloadLinkEnabled"] is True
    assert values["globalPrivacyControlEnabled"] is True
    assert values["prehidingTimeout"] == 3
    assert values["autoViewStart"] is False
    assert values["debugEnabled"] is False


def test_a_wrong_type_inside_a_group_is_told_with_its_path():
    error = raises(
        OptionsError,
        configure,
        {"datastreamId": "shop", "clickCollection": {"internalLinkEnabled": "yes"}},
    )

    assert (
        error.message
        == "configure: options.clickCollection.internalLinkEnabled: expected true or false, got 'yes'"
    )
    assert error.path == "clickCollection.internalLinkEnabled"


def test_a_callback_must_be_a_function():
    assert (
        "expected a function, got 3"
        in raises(OptionsError, configure, {"datastreamId": "a", "onBeforeEventSend": 3}).message
    )
    assert (
        configure({"datastreamId": "a", "onBeforeEventSend": "function"}).text("onBeforeEventSend")
        == "function"
    )


def test_true_is_not_a_number_and_one_is_not_true():
    assert (
        "expected a number"
        in raises(OptionsError, configure, {"datastreamId": "a", "prehidingTimeout": True}).message
    )
    assert (
        "expected true or false"
        in raises(OptionsError, lambda: read({"viewStart": 1}, EVENT, of="event")).message
    )


def test_null_counts_as_not_given():
    assert read({"viewStart": None}, EVENT, of="event")["viewStart"] is False


def test_the_old_name_of_the_data_stream_is_understood():
    assert configure({"edgeConfigId": "shop"}).datastream_id == "shop"


def test_an_edge_domain_may_carry_a_port_and_http_only_for_this_machine():
    for domain in (
        "www.example.com",
        "localhost:8000",
        "127.0.0.1:8000",
        "[::1]:8000",
        "http://localhost:8000",
        "https://a.test:8443",
        "my_shop.example.com",
    ):
        configure({"datastreamId": "a", "edgeDomain": domain})
    for domain in (
        "http://www.example.com",
        "www.example.com/path",
        "a b",
        "example.com:port",
        "ftp://localhost",
    ):
        assert (
            raises(OptionsError, configure, {"datastreamId": "a", "edgeDomain": domain}).path
            == "edgeDomain"
        )


def test_the_edge_is_https_but_for_the_pages_own_host_and_this_machine_over_http():
    def root(page, **options):
        return configure(dict(options, datastreamId="a")).edge_root(page)

    assert (
        root("https://www.site.test/x", edgeDomain="edge.site.test") == "https://edge.site.test/ee"
    )
    assert (
        root("http://www.site.test/x", edgeDomain="edge.site.test") == "https://edge.site.test/ee"
    )
    assert root("http://localhost:8000/x") == "http://localhost:8000/ee"
    assert root("https://www.site.test/x", edgeBasePath="/t/ee/") == "https://www.site.test/t/ee"
    assert root("http://localhost:3000/", edgeDomain="localhost:8000") == "http://localhost:8000/ee"
    assert root("file:///tmp/page.html", edgeDomain="localhost:8000") == "http://localhost:8000/ee"
    assert (
        root("https://www.site.test/", edgeDomain="localhost:8000") == "https://localhost:8000/ee"
    )
    assert (
        root("https://localhost:3000/", edgeDomain="http://localhost:8000")
        == "http://localhost:8000/ee"
    )


def test_every_option_says_what_it_is_for():
    for table in [COMMANDS[name].options for name in sorted(COMMANDS)] + [CONFIGURE]:
        for name, _, _, meaning in table:
            assert meaning, name


def test_of_many_problems_five_are_told_and_the_others_counted():
    options = {"datastreamId": "shop"}
    for number in range(2000):
        options[f"o{number}" + "x" * 200] = number
    error = raises(OptionsError, configure, options)

    assert error.message.count("unknown; known are") == 5
    assert error.message.endswith("; and 1995 more")
    assert len(error.message) < 10000, len(error.message)


def test_a_value_without_end_is_told_by_its_beginning():
    error = raises(OptionsError, configure, {"datastreamId": ["x" * 100000], "d" * 100000: 1})

    assert len(error.message) < 3000, len(error.message)
    assert len(error.path) < 200


def test_a_style_is_a_text_that_may_be_empty():
    def configured_with(style):
        return configure({"datastreamId": "a", "prehidingStyle": style}).text("prehidingStyle")

    assert configured_with("") == ""
    assert configured_with("#a { opacity: 0 }") == "#a { opacity: 0 }"
    assert "expected a string, got 5" in raises(OptionsError, configured_with, 5).message


BAD_IDENTITIES = [
    ({"CRM": [{"id": 123}]}, ".CRM[0].id", "expected a string, got 123"),
    ({"CRM": [{"id": "a"}, {"id": {}}]}, ".CRM[1].id", "expected a string"),
    ({"CRM": {"id": "a"}}, ".CRM", "expected a list of identities"),
    ({"CRM": ["a"]}, ".CRM[0]", "expected an object"),
    ({"CRM": [{"id": "a", "primary": "yes"}]}, ".CRM[0].primary", "expected true or false"),
    ({"E": [{"authenticatedState": "x"}]}, ".E[0].authenticatedState", "'loggedOut'"),
    ({"E": [{"xid": 1}]}, ".E[0].xid", "expected a string"),
    ({"E": [{"namespace": "E"}]}, ".E[0].namespace", "expected an object"),
    ({"E": [{"identifier": "a"}]}, ".E[0].identifier", "unknown"),
    ("CRM", "", "expected an object"),
    ([], "", "expected an object"),
]


def test_a_bad_identity_map_is_refused_with_its_path():
    for identities, path, words in BAD_IDENTITIES:
        given = {"xdm": {"identityMap": identities}}
        error = raises(OptionsError, read_as("sendEvent"), given)
        assert error.path == "xdm.identityMap" + path
        assert words in error.message, (identities, error.message)

        consent = {"consent": [{}], "identityMap": identities}
        assert raises(OptionsError, read_as("setConsent"), consent).path == "identityMap" + path


def test_identity_maps_as_xdm_has_them_are_taken():
    whole = {
        "id": "a",
        "authenticatedState": "loggedOut",
        "primary": True,
        "xid": "x",
        "namespace": {"code": "CRM"},
    }
    for identities in (None, {}, {"CRM": []}, {"CRM": [{}, {"id": ""}, whole]}):
        given = {"xdm": {"identityMap": identities, "other": 1}}

        assert read_as("event")(given)["xdm"] == given["xdm"]


def test_the_namespaces_of_an_identity_map_are_told_in_their_order():
    identities = {"é": 1, "b": 2, "9": 3, "a": 4}
    error = raises(OptionsError, read_as("event"), {"xdm": {"identityMap": identities}})

    assert [part.split(".")[3][:1] for part in error.message.split("; ")] == ["9", "a", "b", "é"]


def test_what_is_said_of_an_identity_map_is_bounded():
    identities = {"N" * 100000: [{"id": 1} for _ in range(1000)]}
    error = raises(OptionsError, read_as("event"), {"xdm": {"identityMap": identities}})

    assert len(error.message) < 3000
    assert "and 995 more" in error.message


def test_namespaces_are_those_that_there_are():
    error = raises(OptionsError, read_as("getIdentity"), {"namespaces": ["EMAIL"]})

    assert "a list of ECID, FPID, CORE" in error.message


def read_as(command):
    return lambda given: read(given, COMMANDS[command].options, of=command)


def test_what_is_shown_of_a_value_keeps_its_letters():
    error = raises(OptionsError, configure, {"datastreamId": "shop", "orgId": ["größe"]})
    assert "got ['größe']" in error.message
