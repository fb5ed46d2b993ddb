"""Signatures of requests, and tokens of pages, as a web server makes them; tests/edge/ibexa/test_proofs.py asks the edge."""

import base64
import hmac

import pytest

from pyrite.serverside.signing import signed_headers
from pyrite.serverside.tokens import page_token

KEY = "k" * 16
URL = "https://edge.test/api/00000/click/x/1/1?lang=de"


def test_a_request_is_signed_as_rfc_9421_has_it() -> None:
    headers = signed_headers("GET", URL, key=KEY, key_id="a", created_s=1795791464.9, nonce="n")
    parameters = '("@method" "@path" "@query");created=1795791464;keyid="a";alg="hmac-sha256";nonce="n";tag="pyrite"'
    base = f'"@method": GET\n"@path": /api/00000/click/x/1/1\n"@query": ?lang=de\n"@signature-params": {parameters}'
    expected = base64.b64encode(hmac.digest(KEY.encode(), base.encode(), "sha256")).decode()

    assert headers == {
        "Signature-Input": f"pyrite={parameters}",
        "Signature": f"pyrite=:{expected}:",
    }


def test_a_body_is_signed_by_its_digest_and_each_request_has_its_own_nonce() -> None:
    one, two = [
        signed_headers("POST", URL, key=KEY, key_id="a", body=b"lang=de", created_s=1) for _ in "12"
    ]

    assert one["Content-Digest"] == two["Content-Digest"]
    assert '"content-digest"' in one["Signature-Input"]
    assert one["Signature"] != two["Signature"]


def test_a_token_names_its_key_and_goes_into_an_address() -> None:
    token = page_token(KEY, key_id="a", customer="00000", kinds=["click"], items=["1/77"])

    assert token.startswith("a.")
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum()


def test_a_token_for_what_no_event_could_match_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown event 'Click'"):
        page_token(KEY, key_id="a", customer="1", kinds=["Click"])
    with pytest.raises(ValueError, match="type and id such as '1/77', got '77'"):
        page_token(KEY, key_id="a", customer="1", items=["77"])
    with pytest.raises(ValueError, match="got 'shop'"):
        page_token(KEY, key_id="a", customer="1", page="shop")
    assert page_token(KEY, key_id="a", customer="1", kinds=["share"], custom=["share"])
