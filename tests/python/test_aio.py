"""The client for asyncio: requests that travel together, events, cancelled awaits, and the end of a connection."""

import asyncio
import json
import socket
import threading

import livegate
import livegate.aio
from studio import STUDIO, ClientTest

PATIENCE_S = 60


class HoldingGateway:
    """Answers the first line once it is released, then nothing before `expected` more lines have come."""

    def __init__(self, expected):
        self.expected, self.release = expected, threading.Event()
        self.requests, self.to_send = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as lines:
            first = self.read(lines)
            self.release.wait(PATIENCE_S)
            self.answer(connection, [first])
            more = [self.read(lines) for _ in range(self.expected)]
            self.answer(connection, more[::-1])
            for line in lines:
                self.requests.append(json.loads(line))
                self.answer(connection, [self.requests[-1]])

    def read(self, lines):
        self.requests.append(json.loads(lines.readline()))
        return self.requests[-1]

    @staticmethod
    def answer(connection, requests):
        for request in requests:
            answer = {"id": request["id"], "ok": request.get("bpm") != 2, "bpm": request.get("bpm"), "error": "two"}
            connection.sendall(json.dumps(answer).encode() + b"\n")


class AioTest(ClientTest):
    def run_async(self, work):
        return asyncio.run(asyncio.wait_for(work(), PATIENCE_S))

    async def open(self, address=STUDIO["local"], **arguments):
        return await livegate.aio.connect(address, state_dir=self.state_dir, **arguments)

    def held(self, expected):
        gateway = HoldingGateway(expected)
        self.addCleanup(gateway.listener.close)
        self.addCleanup(gateway.release.set)
        return gateway

    def test_actions_are_awaited_and_refusals_raised(self):
        async def work():
            async with await self.open() as live:
                self.assertEqual((await live.set_tempo(bpm=131))["bpm"], 131.0)
                self.assertEqual((await live.call("get_session_info"))["tempo"], 131.0)
                with self.assertRaises(livegate.Refused) as raised:
                    await live.set_tempo(bpm=5000)
                self.assertEqual(raised.exception.code, "invalid_params")
                with self.assertRaises(AttributeError):
                    live.set_tempi
                self.assertIn("set_tempo", dir(live))
                self.assertIn("bpm", live.set_tempo.__doc__)

        self.run_async(work)

    def test_waiting_requests_travel_together(self):
        gateway = self.held(3)

        async def work():
            async with await self.open(gateway.address) as live:
                first = asyncio.ensure_future(live.set_tempo(bpm=0))
                await asyncio.sleep(0)
                others = [asyncio.ensure_future(live.set_tempo(bpm=bpm)) for bpm in (1, 2, 3)]
                await asyncio.sleep(0)
                gateway.release.set()
                answers = await asyncio.gather(first, *others, return_exceptions=True)
                self.assertEqual([answers[place]["bpm"] for place in (0, 1, 3)], [0, 1, 3])
                self.assertIsInstance(answers[2], livegate.Refused)

        self.run_async(work)
        self.assertEqual([request["bpm"] for request in gateway.requests], [0, 1, 2, 3])

    def test_a_cancelled_request_is_not_sent(self):
        gateway = self.held(1)

        async def work():
            async with await self.open(gateway.address) as live:
                first = asyncio.ensure_future(live.set_tempo(bpm=0))
                await asyncio.sleep(0)
                cancelled, last = (asyncio.ensure_future(live.set_tempo(bpm=bpm)) for bpm in (1, 3))
                await asyncio.sleep(0)
                cancelled.cancel()
                await asyncio.sleep(0)
                gateway.release.set()
                self.assertEqual([(await one)["bpm"] for one in (first, last)], [0, 3])

        self.run_async(work)
        self.assertEqual([request["bpm"] for request in gateway.requests], [0, 3])

    def test_wrong_arguments_fail_their_request_alone(self):
        gateway = self.held(1)

        async def work():
            async with await self.open(gateway.address) as live:
                first = asyncio.ensure_future(live.set_tempo(bpm=0))
                await asyncio.sleep(0)
                others = [asyncio.ensure_future(live.set_tempo(bpm=bpm)) for bpm in (object(), 3)]
                await asyncio.sleep(0)
                gateway.release.set()
                answers = await asyncio.gather(first, *others, return_exceptions=True)
                self.assertIsInstance(answers[1], TypeError)
                self.assertEqual((answers[0]["bpm"], answers[2]["bpm"]), (0, 3))

        self.run_async(work)

    def test_events_are_iterated_beside_requests(self):
        async def work():
            async with await self.open() as live:
                await live.set_tempo(bpm=100)
                await live.subscribe(topics=[{"event": "tempo"}])
                events = live.events(timeout=PATIENCE_S)
                seen = []
                async for event in events:
                    seen.append(event["value"])
                    if event["value"] == 103.0:
                        break
                    await live.set_tempo(bpm=103)
                self.assertEqual(seen[-1], 103.0)

        self.run_async(work)

    def test_a_cancelled_iteration_loses_no_event(self):
        async def work():
            async with await self.open() as live:
                await live.set_tempo(bpm=110)
                await live.subscribe(topics=[{"event": "tempo"}])
                events = live.events(timeout=PATIENCE_S)
                self.assertEqual((await events.__anext__())["value"], 110.0)
                waiting = asyncio.ensure_future(events.__anext__())
                await asyncio.sleep(0)
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
                await live.set_tempo(bpm=111)
                self.assertEqual((await events.__anext__())["value"], 111.0)

        self.run_async(work)

    def test_an_iteration_ends_with_its_timeout(self):
        async def work():
            async with await self.open() as live:
                self.assertEqual([event async for event in live.events(timeout=0)], [])

        self.run_async(work)

    def test_closing_ends_iterations_and_refuses_requests(self):
        async def work():
            live = await self.open()
            waiting = asyncio.ensure_future(live.events().__anext__())
            await live.ping()
            await live.close()
            with self.assertRaises(livegate.ConnectionLost):
                await waiting
            with self.assertRaisesRegex(livegate.ConnectionLost, "is closed"):
                await live.ping()

        self.run_async(work)


class TogetherTest(ClientTest):
    def test_many_requests_keep_their_order(self):
        gateway = HoldingGateway(0)
        self.addCleanup(gateway.listener.close)
        gateway.release.set()
        live = self.connect(gateway.address)
        answers = live.call_many([{"action": "set_tempo", "bpm": bpm} for bpm in range(300)])
        answered = [getattr(answer, "answer", answer)["bpm"] for answer in answers]
        self.assertEqual(answered, list(range(300)))
        self.assertIsInstance(answers[2], livegate.Refused)

    def test_requests_without_an_action_are_refused(self):
        live = self.connect()
        for request in ({}, {"action": 3}, {"action": "ping", "id": 3}):
            with self.assertRaises(TypeError):
                live.call_many([request])
        self.assertEqual(live.call_many([]), [])
