import asyncio
import sys

from deploy.run.checks import Answers, Listens, Running, Says, Succeeds
from deploy.run.state import free_port


def test_what_only_lives_is_ready_after_its_first_seconds() -> None:
    assert asyncio.run(Running(2.0)(1.9, [])) is not None
    assert asyncio.run(Running(2.0)(2.0, [])) is None


def test_what_says_that_it_is_at_work_is_ready_then() -> None:
    check = Says("worker polls", seconds=30)

    assert asyncio.run(check(1, ["worker runs"])) is not None
    assert asyncio.run(check(1, ["worker runs", '{"event": "worker polls x"}'])) is None
    assert asyncio.run(check(30, [])) is None


def test_a_closed_door_says_which() -> None:
    port = free_port()

    assert str(port) in str(asyncio.run(Listens(port)(1, [])))
    assert "/ready" in str(asyncio.run(Answers(port, "/ready")(1, [])))


async def answered(line: bytes) -> str | None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(line + b"\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        return await Answers(server.sockets[0].getsockname()[1], "/ready")(1, [])


def test_only_a_200_is_ready() -> None:
    assert asyncio.run(answered(b"HTTP/1.1 200 OK")) is None
    assert "503" in str(asyncio.run(answered(b"HTTP/1.1 503 Unavailable")))
    assert asyncio.run(answered(b"nonsense")) is not None


def test_a_command_is_asked_by_its_exit_status() -> None:
    assert asyncio.run(Succeeds((sys.executable, "-c", ""))(1, [])) is None
    assert asyncio.run(Succeeds((sys.executable, "-c", "raise SystemExit(3)"))(1, [])) is not None
