"""The secrets of a gateway, and handing two of them to the app as its owner would: out of Parameter Store."""

from dataclasses import dataclass

from lab.drive import aws
from lab.drive.app import App


@dataclass(frozen=True)
class Secrets:
    """The values themselves. Never print or log one."""

    submission_password: str
    webhook_key: str

    def __repr__(self) -> str:
        """Hide the values from tracebacks and test reports."""
        return "Secrets(...)"


def names(mail_domain: str) -> tuple[str, str]:
    """The SSM parameters of the SASL password and of the webhook key."""
    return (
        f"/boringmail/{mail_domain}/submission/app/password",
        f"/boringmail/{mail_domain}/inbound/webhook-key",
    )


def dkim_name(mail_domain: str, selector: str) -> str:
    """The SSM parameter of a DKIM key. The app has no use for it."""
    return f"/boringmail/{mail_domain}/dkim/{selector}"


def secrets(mail_domain: str) -> Secrets:
    """Read both from Parameter Store."""
    password, key = names(mail_domain)
    return Secrets(aws.parameter(password), aws.parameter(key))


def hand_over(app: App, found: Secrets) -> None:
    """Write both to the app server."""
    app.plant("submission-password", found.submission_password)
    app.plant("webhook-key", found.webhook_key)
