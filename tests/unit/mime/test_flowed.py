"""format=flowed, with the examples of RFC 3676."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import flowed, message


@pytest.mark.parametrize(
    ("raw", "delete_space", "expected"),
    [
        ("one \ntwo\nthree", False, "one two\nthree"),
        ("Donaudampf \nschiff", True, "Donaudampfschiff"),
        ("> a \n> b\n>> c\nmine", False, "> a b\n>> c\nmine"),
        ("> a \nb", False, "> a\nb"),  # a soft break at another depth is a hard one (4.5)
        (" From here\n >no quote", False, "From here\n>no quote"),  # space-stuffing (4.4)
        ("text \n-- \nJoe", False, "text\n-- \nJoe"),  # the signature line never flows (4.3)
        ("> -- \n> Joe", False, "> -- \n> Joe"),
        ("a \n\nb", False, "a\n\nb"),
        (">\n> a", False, ">\n> a"),
        ("", False, ""),
    ],
)
def test_unflow(raw: str, delete_space: bool, expected: str):
    assert flowed.unflow(raw, delete_space=delete_space) == expected


@given(st.lists(st.text(alphabet="ab> -\n", max_size=20)).map("\n".join), st.booleans())
def test_no_word_is_lost(raw: str, delete_space: bool):
    letters = [character for character in raw if character in "ab"]
    unflowed = flowed.unflow(raw, delete_space=delete_space)
    assert [character for character in unflowed if character in "ab"] == letters


def test_only_text_that_says_so_is_unflowed():
    assert message.parse(b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\na \r\nb").text == "ab"
    assert message.parse(b"Content-Type: text/plain\r\n\r\na \r\nb").text == "a \nb"
