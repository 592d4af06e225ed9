"""The script that fetches the host's secrets: what it names files, how long it tries, what it says."""

import importlib.util
import stat
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError

SCRIPT = (
    Path(__file__).parent.parent.parent.parent
    / "roles/credentials/files/usr/local/lib/boringmail/fetch_credentials.py"
)
_spec = importlib.util.spec_from_file_location("fetch_credentials", SCRIPT)
script = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(script)

PATH = "/boringmail/desk.example.com"
SETTINGS = script.Settings(PATH, "eu-central-1", "", 60)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def refusal(code):
    return ClientError({"Error": {"Code": code}}, "GetParametersByPath")


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        (f"{PATH}/submission/app/password", "submission-app-password"),
        (f"{PATH}/inbound/webhook-key", "inbound-webhook-key"),
    ],
)
def test_a_parameter_gives_its_file_the_name_below_the_path(parameter, name):
    assert script.file_name(PATH, parameter) == name


@pytest.mark.parametrize("parameter", [PATH, f"{PATH}/..", f"{PATH}/.hidden", f"{PATH}/a b"])
def test_a_name_that_cannot_be_a_file_is_refused(parameter):
    with pytest.raises(script.NotFetchedError, match="rename it"):
        script.file_name(PATH, parameter)


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        (NoCredentialsError(), "Attach the instance profile"),
        (refusal("AccessDeniedException"), "kms:Decrypt"),
        (refusal("InternalServerError"), "InternalServerError"),
        (ConnectTimeoutError(endpoint_url="x"), "the AWS API in eu-central-1 cannot be reached"),
    ],
)
def test_each_error_names_its_fix(error, fix):
    assert fix in script.explanation(error, SETTINGS)


def test_it_goes_on_trying_until_a_new_profile_is_known():
    answers = [NoCredentialsError(), refusal("AccessDeniedException"), {"a": "b"}]
    clock = Clock()

    def attempt():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert script.fetch_until(60, attempt, SETTINGS, clock, clock.sleep) == {"a": "b"}


def test_it_gives_up_within_the_deadline():
    clock = Clock()

    def attempt():
        raise refusal("ThrottlingException")

    with pytest.raises(script.NotFetchedError, match="ThrottlingException"):
        script.fetch_until(60, attempt, SETTINGS, clock, clock.sleep)
    assert 50 <= clock.now <= 60


def test_only_what_differs_is_written_and_root_alone_can_read_it(tmp_path):
    directory = tmp_path / "credentials"
    secrets = {"a": "1", "b": "2"}
    assert list(script.write(directory, secrets)) == ["a", "b"]
    (directory / "a").chmod(0o644)
    assert list(script.write(directory, secrets | {"b": "3"})) == ["b"]
    assert {path.name: path.read_text() for path in directory.iterdir()} == {"a": "1\n", "b": "3\n"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_link_planted_in_its_place_is_replaced_and_not_followed(tmp_path):
    target = tmp_path / "elsewhere"
    target.write_text("1\n")
    (tmp_path / "a").symlink_to(target)
    assert list(script.write(tmp_path, {"a": "1"})) == ["a"]
    assert not (tmp_path / "a").is_symlink()
