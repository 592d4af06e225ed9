"""A bare SMTP client and sender domains: what a test needs to bring a provider any mail it likes."""

import base64
import smtplib
import ssl
import uuid
from email.message import EmailMessage

import dkim
from cryptography.hazmat.primitives import serialization

from lab import layout
from lab.drive import namespace

TO = "someone@bigmail.example"


class Client(smtplib.SMTP):
    """A client whose connection begins in a network namespace of the lab, None for the controller's own."""

    def __init__(self, inside, target, ehlo):
        self._inside = inside
        super().__init__(target, 25, local_hostname=ehlo, timeout=60, source_address=(layout.CONTROLLER, 0))

    def _get_socket(self, host, port, timeout):
        if self._inside:
            return namespace.connect(self._inside, (host, port), seconds=timeout)
        return super()._get_socket(host, port, timeout)


def start_tls(client):
    client.starttls(context=ssl._create_unverified_context())  # noqa: S323 - as MTAs do (RFC 7435)
    client.ehlo()


class Domain:
    """A sender's domain with a zone of its own, in which nothing stands but what a test puts there."""

    def __init__(self, route53, key):
        self.name = f"s{uuid.uuid4().hex[:8]}.example"
        self._route53, self._key = route53, key
        zone = route53.create_hosted_zone(Name=self.name, CallerReference=self.name)
        self._zone_id = zone["HostedZone"]["Id"]
        self._records = []

    def publish(self, label, value, kind="TXT"):
        name = f"{label}.{self.name}".lstrip(".")
        text = " ".join(f'"{value[at : at + 200]}"' for at in range(0, len(value), 200))
        values = [{"Value": text if kind == "TXT" else value}]
        record = {"Name": name, "Type": kind, "TTL": 5, "ResourceRecords": values}
        self._change("UPSERT", record)
        self._records.append(record)
        return self

    def publish_key(self):
        der = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return self.publish("s1._domainkey", f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}")

    def mail(self, **headers):
        message = EmailMessage()
        for name, value in {"From": f"a@{self.name}", "To": TO, "Subject": "A test", **headers}.items():
            message[name] = value
        message["Message-ID"] = f"<{uuid.uuid4().hex}@{self.name}>"
        message.set_content("Hello.\n")
        return message.as_bytes().replace(b"\n", b"\r\n")

    def signed(self, raw):
        pem = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        return dkim.sign(raw, b"s1", self.name.encode(), pem) + raw

    def remove(self):
        if self._records:
            self._change("DELETE", *self._records)
        self._route53.delete_hosted_zone(Id=self._zone_id)

    def _change(self, action, *records):
        changes = [{"Action": action, "ResourceRecordSet": record} for record in records]
        self._route53.change_resource_record_sets(
            HostedZoneId=self._zone_id, ChangeBatch={"Changes": changes}
        )
