"""Reading Ansible's output, and cutting a body to what fits a report."""

from lab.demo.proof import shortened
from lab.demo.transcript import Timed, Transcript

OUTPUT = """\
PLAY [Provision the account] ***************************************************

TASK [preflight : Check the values] ********************************************
Tuesday 24 November 2026  03:38:15 +0000 (0:00:00.010)       0:00:00.010 ******
ok: [localhost]

TASK [aws_network : Make the VPC] **********************************************
changed: [localhost]

PLAY [Configure the mail hosts] ************************************************

TASK [Gathering Facts] *********************************************************
ok: [mx1]

RUNNING HANDLER [postfix : Reload Postfix] *************************************
changed: [mx1]

PLAY RECAP *********************************************************************
localhost                  : ok=2    changed=1    unreachable=0    failed=0    skipped=0
mx1                        : ok=2    changed=1    unreachable=0    failed=0    skipped=0
"""


def transcript():
    read = Transcript()
    for second, line in enumerate(OUTPUT.splitlines()):
        read.read(line, float(second))
    return read


def test_plays_and_tasks_get_their_durations():
    read = transcript()
    assert read.plays == [Timed("Provision the account", 9.0), Timed("Configure the mail hosts", 8.0)]
    assert [task.name for task in read.tasks] == [
        "preflight : Check the values",
        "aws_network : Make the VPC",
        "Gathering Facts",
        "postfix : Reload Postfix",
    ]
    assert read.slowest(1) == [Timed("preflight : Check the values", 4.0)]


def test_the_recap_adds_up():
    assert transcript().changed == 2
    assert transcript().recap["mx1"]["ok"] == 2


def test_long_strings_are_cut_wherever_they_are():
    cut = shortened({"raw": "x" * 1000, "list": [{"content": "y" * 100}], "n": 1})
    assert cut["raw"] == "x" * 72 + "... (1000 characters)"
    assert cut["list"][0]["content"].endswith("(100 characters)")
    assert cut["n"] == 1
