"""The clients of tests/load/clients.py in the model: each sends its song again once it is answered, a closed loop.

Its answers are those of the load test, so that both are told by the same figures.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from simpy import Environment

from server.problems import RETRY_AFTER_S
from tests.load.clients import Answer
from tests.planning.server_model import Limits, ModelServer, Process, Refusal, Work

OK, UNAVAILABLE = 200, 503
LATER = (1.0, 1.5)  # how many times Retry-After a client waits: tests/load/clients.py
Draw = Callable[[random.Random], Work]


def closed_loop(
    limits: Limits, draw: Draw, refusal: Refusal, n_clients: int, seconds: float, seed: int
) -> tuple[list[Answer], ModelServer]:
    """No request is begun after so long; those under way are ended."""
    env, dice, answers = Environment(), random.Random(seed), list[Answer]()
    server = ModelServer(env, limits)

    def be_client() -> Process:
        wait_s = 0.0
        while env.now + wait_s < seconds:
            yield env.timeout(wait_s)
            began_s = env.now
            is_heard = yield from server.ask(draw(dice), refusal)
            status, retry_after_s = (OK, None) if is_heard else (UNAVAILABLE, float(RETRY_AFTER_S))
            answers.append(Answer(status, began_s, env.now, is_heard, retry_after_s))
            wait_s = (retry_after_s or 0) * dice.uniform(*LATER)

    for _ in range(n_clients):
        env.process(be_client())
    env.run()
    return answers, server
