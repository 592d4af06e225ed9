"""What people have taught: it counts once there is enough of it, and trouble with the store is said."""

import random

import pytest

SPAM = "watches luxury replica discount casino jackpot bonus lottery winner transfer inheritance"
HAM = "invoice printer account password question ticket order delivery address colleague meeting"

pytestmark = pytest.mark.usefixtures("forget")


@pytest.fixture
def teach(host):
    """Teaches a mail as `boringmail learn` does, with its own module; gives what it says."""
    program = (
        "import sys; from controller import *\n"
        "try: print(teach(MailClass(sys.argv[1]), sys.stdin.buffer.read()))\n"
        "except NotLearnedError as error: print(error.temporary, error)"
    )

    def run(mail_class: str, mail: list[str]) -> str:
        text = "\n".join([*mail, ""])
        return host.check_output("cd /root && printf %%s %s | python3 -c %s %s", text, program, mail_class)

    return run


def letter(mail, words: str) -> list[str]:
    """Another mail each time, of the same words."""
    text = words.split()
    lines = (" ".join(random.sample(text, len(text))) for _ in range(12))
    return mail(body="\r\n".join(lines))


def bayes(found) -> dict[str, float]:
    symbols = found.verdict["spam"]["symbols"]
    return {one["name"]: one["score"] for one in symbols if one["name"].startswith("BAYES_")}


def test_what_is_taught_often_enough_counts(teach, judged, mail, scenario_vars):
    for round_ in range(scenario_vars["rspamd_bayes_minimum_learns"]):
        if round_ == 2:
            assert bayes(judged(letter(mail, SPAM))) == {}, "two are too few"
        assert teach("spam", letter(mail, SPAM)) == "learned"
        assert teach("ham", letter(mail, HAM)) == "learned"
    spam, ham = bayes(judged(letter(mail, SPAM))), bayes(judged(letter(mail, HAM)))
    assert list(spam) == ["BAYES_SPAM"]
    assert spam["BAYES_SPAM"] > 2
    assert list(ham) == ["BAYES_HAM"]
    assert ham["BAYES_HAM"] < -1


def test_a_mail_is_learned_once_and_can_be_called_the_other_thing(teach, mail):
    spam = letter(mail, SPAM)
    assert [teach("spam", spam), teach("spam", spam), teach("ham", spam)] == ["learned", "known", "learned"]


def test_a_mail_without_words_is_not_learned(teach, mail):
    assert teach("spam", mail(body="Hi")).startswith("False too little text to learn from")


def test_without_a_store_nothing_is_learned_and_that_is_said(host, hold, teach, mail):
    host.run_expect([0], "systemctl stop valkey-server")
    try:
        assert teach("spam", letter(mail, SPAM)).startswith("True Rspamd could not store it")
    finally:
        host.run_expect([0], "systemctl start valkey-server")
    hold("valkey-server.service")
    assert teach("spam", letter(mail, SPAM)).startswith("True Rspamd could not store it")


def test_nothing_is_learned_from_mail_that_nobody_judged(host, judged, mail):
    judged(mail(), client="198.51.100.8")
    asked = "valkey-cli -s /run/valkey/valkey.sock exists BAYES_SPAM_keys BAYES_HAM_keys"
    assert host.check_output(asked) == "0"
