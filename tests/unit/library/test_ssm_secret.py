"""What the module that makes secrets draws, what it stores where, and what it tells. No AWS."""

import base64
import importlib.util
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

PATH = Path(__file__).parents[3] / "library" / "ssm_secret.py"
_spec = importlib.util.spec_from_file_location("ssm_secret", PATH)
secret = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(secret)

KEY = {"name": "/b/mail.example.com/dkim/bm1", "kind": "dkim_key"}
PASSWORD = {"name": "/b/mail.example.com/password", "kind": "password"}


class ParameterAlreadyExistsError(Exception):
    """As botocore's ParameterAlreadyExists."""


class Store:
    """A Parameter Store that refuses to give out a value."""

    class exceptions:  # noqa: N801 (botocore's name)
        ParameterAlreadyExists = ParameterAlreadyExistsError

    def __init__(self, listed=True):
        self.stored = {}
        self.listed = listed

    def put_parameter(self, **parameter):
        if parameter["Name"] in self.stored:
            raise ParameterAlreadyExistsError
        self.stored[parameter["Name"]] = parameter

    def get_paginator(self, name):
        assert name == "describe_parameters"
        return self

    def paginate(self, ParameterFilters):  # noqa: N803 (AWS's name)
        [wanted] = ParameterFilters
        if wanted["Key"] == "Path":
            found = [name for name in self.stored if name.startswith(f"{wanted['Values'][0]}/")]
        else:
            found = [name for name in self.stored if name in wanted["Values"]]
        keys = ("Name", "Description")
        shown = [{key: self.stored[name][key] for key in keys if key in self.stored[name]} for name in found]
        return [{"Parameters": shown if self.listed else []}]

    def delete_parameters(self, Names):  # noqa: N803 (AWS's name)
        for name in Names:
            del self.stored[name]


def pem_key(store):
    value = store.stored[KEY["name"]]["Value"]
    return serialization.load_pem_private_key(value.encode(), password=None)


def test_secrets_have_256_bits():
    assert len(bytes.fromhex(secret.draw("password")[0])) == 32
    key = secret.draw("webhook_key")[0]
    assert len(base64.b64decode(key.removeprefix("whsec_"), validate=True)) == 32
    assert secret.draw("password") != secret.draw("password")


def test_the_public_half_that_is_told_is_that_of_the_key_that_is_stored():
    store = Store()
    made, there = secret.make(store, [KEY, PASSWORD], {}, check_mode=False)
    assert made == [KEY["name"], PASSWORD["name"]]
    told = secret.public_keys([KEY, PASSWORD], there)
    assert list(told) == [KEY["name"]]
    public = serialization.load_der_public_key(base64.b64decode(told[KEY["name"]], validate=True))
    assert public == pem_key(store).public_key()
    assert public.key_size == 2048


def test_a_key_fits_a_standard_parameter_and_is_encrypted_at_rest():
    store = Store()
    secret.make(store, [KEY], {}, check_mode=False)
    stored = store.stored[KEY["name"]]
    assert stored["Type"] == "SecureString"
    assert len(stored["Value"]) <= 4096
    assert len(stored["Description"]) <= 1024
    assert stored["Value"].startswith("-----BEGIN PRIVATE KEY-----\n")


def test_a_second_run_tells_the_same_half_and_makes_nothing():
    store = Store()
    first = secret.public_keys([KEY], secret.make(store, [KEY], {}, check_mode=False)[1])
    made, there = secret.make(store, [KEY], {}, check_mode=False)
    assert made == []
    assert secret.public_keys([KEY], there) == first


def test_a_key_just_made_needs_no_look_at_a_list_that_lags():
    store = Store(listed=False)
    made, there = secret.make(store, [KEY], {}, check_mode=False)
    assert made == [KEY["name"]]
    assert secret.public_keys([KEY], there)


def test_whoever_was_quicker_has_made_the_key():
    store = Store()
    secret.make(store, [KEY], {}, check_mode=False)
    assert secret.put(store, KEY, {}) is None


def test_check_mode_names_what_it_would_make_and_has_no_public_half_of_it():
    store = Store()
    made, there = secret.make(store, [KEY], {}, check_mode=True)
    assert (made, store.stored) == ([KEY["name"]], {})
    assert secret.public_keys([KEY], there, check_mode=True) == {}


@pytest.mark.parametrize("description", ["", "our key", "p=", "zip=AAAA"])
def test_a_key_of_other_hands_needs_its_public_half(description):
    with pytest.raises(secret.NoPublicHalfError, match=r"aws ssm put-parameter .*key\.pem"):
        secret.public_keys([KEY], {KEY["name"]: description})


def test_an_owner_may_write_the_public_half_alone():
    assert secret.public_half("n", "p=MIIBIjAN+/A=") == "MIIBIjAN+/A="


def test_keys_of_earlier_selectors_go_with_the_others():
    store = Store()
    old = {"name": "/b/mail.example.com/dkim/bm0", "kind": "dkim_key"}
    other = {"name": "/b/mail.example.com/own", "kind": "password"}
    secret.make(store, [KEY, old, PASSWORD, other], {}, check_mode=False)
    below = ["/b/mail.example.com/dkim"]
    names = sorted([KEY["name"], old["name"], PASSWORD["name"]])
    assert secret.delete(store, [KEY, PASSWORD], below, check_mode=True) == names
    assert secret.delete(store, [KEY, PASSWORD], below, check_mode=False) == names
    assert list(store.stored) == [other["name"]]
