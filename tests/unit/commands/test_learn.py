"""`boringmail learn`: what reaches Rspamd, what it says, and its exit status."""

import json
import os

import pytest
from click.testing import CliRunner

from boringmail.commands.learn import learn
from tests.unit.learning import rspamd

MAIL = b"Subject: x\r\n\r\nCheap \xff\x00 pills\r\n"


@pytest.fixture
def controller(tmp_path):
    with rspamd.running(tmp_path / "controller.sock") as running:
        yield running


@pytest.fixture
def run(tmp_path):
    def call(*arguments, **options):
        return CliRunner().invoke(
            learn, ["--socket", str(tmp_path / "controller.sock"), *map(str, arguments)], **options
        )

    return call


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mail.eml"
    path.write_bytes(MAIL)
    return path


@pytest.mark.parametrize("mail_class", ["spam", "ham"])
def test_a_mail_is_taught_byte_for_byte(run, controller, file, mail_class):
    result = run(mail_class, file)
    assert (result.exit_code, result.output) == (0, f"{file}: learned\n")
    ((path, headers, body),) = controller.taught
    assert (path, body) == (f"/learn{mail_class}", MAIL)
    assert headers["Learn-Type"] == "bulk"


def test_standard_input_is_a_dash(run, controller):
    assert run("spam", "-", input=MAIL).exit_code == 0
    assert controller.taught[0][2] == MAIL


def test_a_mail_that_was_learned_earlier_is_a_success(run, controller, file):
    controller.status, controller.reason = 208, "<x> has been already learned as spam, ignore it"
    result = run("spam", file)
    assert (result.exit_code, result.output) == (0, f"{file}: known\n")


def test_a_mail_with_too_little_text_is_named_and_the_others_are_taught(run, controller, file):
    controller.status, controller.reason, controller.body = 204, "contains less tokens than required", b""
    result = run("ham", file, file)
    assert result.exit_code == 1
    assert result.output.count("too little text to learn from") == 2
    assert len(controller.taught) == 2


def test_a_store_in_trouble_is_to_be_tried_again(run, controller, file):
    controller.status, controller.body = 500, b'{"error":"Cannot make redis request"}'
    result = run("spam", file)
    assert result.exit_code == os.EX_TEMPFAIL
    assert "Cannot make redis request; is Valkey well?" in result.output


def test_without_rspamd_it_says_so(run, file):
    result = run("spam", file)
    assert result.exit_code == os.EX_TEMPFAIL
    assert "Rspamd cannot be reached" in result.output
    assert "systemctl status rspamd" in result.output


def test_trouble_outweighs_a_mail_that_cannot_be_learned(run, controller, file, tmp_path):
    controller.status, controller.body = 500, b"no json"
    unreadable = tmp_path / "gone"
    unreadable.symlink_to("/proc/self/mem")
    assert run("spam", file, unreadable).exit_code == os.EX_TEMPFAIL
    assert run("spam", unreadable, file).exit_code == os.EX_TEMPFAIL


@pytest.mark.usefixtures("controller")
def test_scripts_get_json_a_line_each(run, file):
    lines = run("--json", "spam", file, file).output.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"file": str(file), "class": "spam", "result": "learned"}
    ] * 2


def test_a_class_of_its_own_is_refused(run, file):
    assert run("virus", file).exit_code == 2
