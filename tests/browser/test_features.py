"""What a browser may lack, and what others put under its names."""

from fake_window import Window, element
from js_values import Array, JsError, Obj

from pyrite.browser.features import feature, instances, look, marked


def test_a_property_that_is_missing_or_throws_is_none() -> None:
    class Guarded(Obj):
        @property
        def secret(self) -> str:
            raise JsError("SecurityError")

    assert look(None, "any") is None
    assert look(Obj(), "missing") is None
    assert look(Guarded(), "secret") is None
    assert look(Obj(zero=0), "zero") == 0


def test_a_feature_needs_the_member_that_is_used_of_it(page_window: Window) -> None:
    page_window.navigation = Obj(addEventListener=lambda *_: None)
    assert feature("navigation", "addEventListener") is page_window.navigation
    assert feature("navigation", "other") is None
    assert feature("missing", "addEventListener") is None


def test_an_element_or_a_frame_of_that_name_is_no_feature(page_window: Window) -> None:
    page_window.navigation = element("form", id="navigation")
    assert feature("navigation", "addEventListener") is None

    frame = Obj(addEventListener=lambda *_: None)
    frame.js_class = "Window"
    page_window.navigation = frame
    assert feature("navigation", "addEventListener") is None


def test_a_page_that_runs_alloy_as_well_keeps_names_and_marks_apart(page_window: Window) -> None:
    page_window.__dict__["__alloyNS"] = theirs = Array(["alloy"])
    assert instances() is theirs
    assert marked("alloy-prehiding") == "alloy-prehiding"

    page_window.__dict__["__pyriteNS"] = ours = Array(["ours"])
    assert instances() is ours
    assert marked("alloy-prehiding") == "pyrite-prehiding"
    assert marked("data-aep-interact-id") == "data-pyrite-aep-interact-id"
