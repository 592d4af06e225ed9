"""One lab per machine, one verb at a time."""

import pytest

from lab import ownership, paths


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "OWNER", tmp_path / "run" / "owner")
    monkeypatch.setattr(paths, "LOCK", tmp_path / "lock")


def test_two_verbs_do_not_run_at_once():
    refused = pytest.raises(ownership.OwnershipError, match="another lab command")
    with ownership.lock(), refused, ownership.lock(timeout_seconds=0):
        pass


def test_the_lab_of_another_checkout_is_not_taken_over(tmp_path):
    paths.OWNER.parent.mkdir()
    paths.OWNER.write_text(f"{tmp_path}\n")
    with pytest.raises(ownership.OwnershipError, match=f"belongs to {tmp_path}.*down"):
        ownership.claim()


def test_a_lab_whose_checkout_is_gone_may_be_taken_over(tmp_path):
    paths.OWNER.parent.mkdir()
    paths.OWNER.write_text(f"{tmp_path}/gone\n")
    ownership.claim()
    assert ownership.owner() == paths.CHECKOUT


def test_no_record_means_no_owner():
    assert ownership.owner() is None
