"""What the learning daemon's tests share: a certificate, and Rspamd's stand-in."""

import datetime as dt

import pytest

from lab.services.certificate import self_signed
from tests.unit.learning import rspamd

NAME = "submit.desk.example.com"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Files of a certificate and its key."""
    return self_signed(NAME, tmp_path_factory.mktemp("tls"), dt.datetime.now(dt.UTC))


@pytest.fixture
def controller(tmp_path):
    with rspamd.running(tmp_path / "controller.sock") as running:
        yield running
