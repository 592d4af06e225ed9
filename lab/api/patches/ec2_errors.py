"""Errors of EC2 that moto has no class for."""

from moto.core.exceptions import ServiceException


class Ec2Error(ServiceException):
    """An EC2 client error with AWS's own code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
