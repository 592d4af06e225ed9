"""moto's own objects for the lab's one account and region.

Typed Any on purpose: the lab reaches into moto further than its type information goes.
"""

from typing import Any, Final

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.route53.models import route53_backends
from moto.sts.models import sts_backends

from lab.layout import REGION

# moto's default account.
ACCOUNT_ID: Final = "123456789012"


def ec2() -> Any:
    """Return the state of EC2 in the lab's region."""
    return ec2_backends[ACCOUNT_ID][REGION]


def iam() -> Any:
    """Return the state of IAM."""
    return iam_backends[ACCOUNT_ID]["aws"]


def route53() -> Any:
    """Return the state of Route 53."""
    return route53_backends[ACCOUNT_ID]["aws"]


def sts() -> Any:
    """Return the state of STS: the roles that somebody has assumed."""
    return sts_backends[ACCOUNT_ID]["aws"]
