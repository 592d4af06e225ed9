"""Each correction of moto is still needed. A failure is good news: upstream has caught up, drop the patch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PATCH_OF = {
    "elastic_ips_are_loopback": "addresses",
    "elastic_ip_tags_have_another_type": "addresses",
    "address_stays_with_the_dead": "addresses",
    "no_modify_address_attribute": "reverse_dns",
    "console_is_a_sample": "console",
    "credit_mode_is_forgotten": "credit_modes",
    "first_addresses_are_given_out": "private_ips",
    "architecture_is_ignored": "architectures",
    "token_is_ignored": "retries",
    "created_twice": "records",
    "deleted_stays_taken": "records",
    "bad_value_is_taken": "records",
    "zones_share_name_servers": "records",
    "soa_is_none": "records",
    "volume_leaves_out": "volumes",
    "detaching_needs_the_instance": "volumes",
}


@pytest.fixture(scope="module")
def needed():
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "eu-central-1"}
    # moto's own images are many and none is asked for; to load them takes seconds each time.
    keys["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    script = Path(__file__).with_name("plain_moto.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=kept | keys,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("flaw", PATCH_OF)
def test_moto_still_needs_the_patch(needed, flaw):
    assert needed[flaw], f"moto has caught up: drop this part of lab/api/patches/{PATCH_OF[flaw]}.py"


def test_every_flaw_is_looked_at(needed):
    assert needed.keys() == PATCH_OF.keys()
