"""However slow the machine is, a round of a benchmark has something to report."""

import asyncio

from bench.load import load

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def test_each_connection_asks_at_least_once_even_if_the_time_is_over_before():
    closed = asyncio.Queue()

    async def answer(reader, writer):
        while await reader.read(1_000):
            writer.write(ANSWER)
        writer.close()
        await writer.wait_closed()
        closed.put_nowait(writer)

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        done = await load(port, iter([b"GET / HTTP/1.1\r\n\r\n"] * 3), 0.0, connections=3)
        for _ in range(3):
            await asyncio.wait_for(closed.get(), 5)
    assert len(done.latencies) == 3
