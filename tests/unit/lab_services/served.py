"""A provider on loopback that takes itself for every MX, and the questions that its control port answers."""

import asyncio
import base64
import contextlib

import aiohttp
import pytest
from cryptography.hazmat.primitives import serialization

from lab.plane.signingkeys import ensure_key
from lab.services.provider.__main__ import serve
from lab.services.provider.persona import Persona, Surroundings
from tests.unit.lab_services.ports import free_port


async def ready(port):
    for _ in range(100):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"nothing listens on {port} after 2 s")


@contextlib.asynccontextmanager
async def served(names, tmp_path, **persona):
    """Give (control URL, SMTP port) of a provider that takes itself for every MX."""
    smtp, control = free_port(), free_port()
    names.records.update(
        {
            ("mailbox.example", "MX"): ["10 mail.mailbox.example."],
            ("mail.mailbox.example", "A"): ["127.0.0.1"],
            ("mail.mailbox.example", "TXT"): ['"v=spf1 a -all"'],
            ("mailbox.example", "TXT"): ['"v=spf1 mx -all"'],
            ("_dmarc.mailbox.example", "TXT"): ['"v=DMARC1; p=reject"'],
            ("1.0.0.127.in-addr.arpa", "PTR"): ["mail.mailbox.example."],
            ("s1._domainkey.mailbox.example", "TXT"): [signing_key(tmp_path)],
        }
    )
    around = Surroundings(
        resolver="127.0.0.1",
        resolver_port=names.port,
        smtp_port=smtp,
        target_port=smtp,
        control_port=control,
        give_up_seconds=3,
        state=tmp_path,
        keys=tmp_path,
        roots=(tmp_path / "mail.mailbox.example.pem",),
    )
    task = asyncio.create_task(serve(Persona("mailbox.example", "127.0.0.1", "python", **persona), around))
    await ready(control)
    yield f"http://127.0.0.1:{control}", smtp
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def signing_key(directory):
    """Make the provider's key; return its DKIM record."""
    key = ensure_key(directory / "dkim-mailbox.example.pem")
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    return f'"{text[:200]}" "{text[200:]}"'


async def send(url, **order):
    async with aiohttp.ClientSession() as http:
        answer = await (await http.post(f"{url}/send", json=order)).json()
        for _ in range(400):
            letters = await (await http.get(f"{url}/sent/{answer['id']}")).json()
            if all(letter["outcome"] != "pending" for letter in letters):
                return letters
            await asyncio.sleep(0.02)
    return pytest.fail(f"still pending after 8 s: {letters}")


async def messages(url, what="messages", **query):
    async with aiohttp.ClientSession() as http:
        return await (await http.get(f"{url}/{what}", params=query)).json()


async def appears(url, what="messages", **query):
    for _ in range(400):
        found = await messages(url, what, **query)
        if found:
            return found[0]
        await asyncio.sleep(0.02)
    return pytest.fail(f"nothing for {query} after 8 s")
