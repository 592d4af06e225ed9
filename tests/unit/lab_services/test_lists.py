"""The DNS lists as they run: orders by HTTP, questions by UDP and TCP."""

import asyncio
import contextlib

import aiohttp
import dns.asyncquery
import dns.message
import dns.rcode
import pytest

from lab.services.lists.__main__ import options, run
from tests.unit.lab_services.ports import free_port

NAME = "100.113.0.203.zen.lists.example"


@pytest.fixture
async def lists():
    """Yield (control URL, DNS port)."""
    port, control = free_port(), free_port()
    settings = options(f"--address 127.0.0.1 --port {port} --control-port {control}".split())
    task = asyncio.create_task(run(settings))
    for _ in range(100):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", control)
            writer.close()
            break
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{control}", port
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def order(method, url, document=None):
    async with aiohttp.ClientSession() as http, http.request(method, url, json=document) as answer:
        return answer.status


async def by_udp(port):
    return await dns.asyncquery.udp(dns.message.make_query(NAME, "A"), "127.0.0.1", port=port, timeout=5)


async def test_what_is_ordered_is_answered_at_once(lists):
    url, port = lists
    assert (await by_udp(port)).rcode() == dns.rcode.NXDOMAIN
    assert await order("PUT", f"{url}/lists/zen.lists.example/203.0.113.100", {"code": "127.0.0.4"}) == 200
    assert (await by_udp(port)).answer[0][0].address == "127.0.0.4"
    assert await order("DELETE", f"{url}/lists/zen.lists.example/203.0.113.100") == 200
    assert (await by_udp(port)).rcode() == dns.rcode.NXDOMAIN


async def test_several_questions_on_one_connection(lists):
    url, port = lists
    await order("PUT", f"{url}/lists/zen.lists.example/203.0.113.100", {})
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    query = dns.message.make_query(NAME, "A").to_wire()
    for _ in range(2):
        writer.write(len(query).to_bytes(2) + query)
        length = int.from_bytes(await reader.readexactly(2))
        assert dns.message.from_wire(await reader.readexactly(length)).answer
    writer.close()


async def test_a_reset_ends_every_mode(lists):
    url, port = lists
    assert await order("PUT", f"{url}/lists/zen.lists.example/mode", {"mode": "servfail"}) == 200
    assert (await by_udp(port)).rcode() == dns.rcode.SERVFAIL
    assert await order("DELETE", f"{url}/lists") == 204
    assert (await by_udp(port)).rcode() == dns.rcode.NXDOMAIN


@pytest.mark.parametrize(
    ("path", "document", "status"),
    [
        ("zen.lists.example/mode", {"mode": "broken"}, 400),
        ("zen.lists.example/127.0.0.1", {}, 400),
        ("zen.lists.example/nonsense", {}, 400),
        ("zen.lists.example/203.0.113.100", [], 400),
        ("other.example/203.0.113.100", {}, 404),
    ],
)
async def test_a_bad_order_is_refused(lists, path, document, status):
    url, _ = lists
    assert await order("PUT", f"{url}/lists/{path}", document) == status
