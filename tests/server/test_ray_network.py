"""server/ray_network.py: which model a call is for, and what a song hears of replicas that are busy or die."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ray.exceptions import ActorDiedError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError

from model.contract import ContractError, load_contract
from server.problems import Problem
from server.ray_network import MAX_TRIES, RemoteNetwork, load_by_id, model_id
from tests.support import REPOSITORY

CONTRACT = load_contract(REPOSITORY / "model")
WINDOWS = np.zeros((2, 3, 4), np.float32)


class Replicas:
    """In place of a handle: its calls end as they are told to, one after the other."""

    def __init__(self, *ends: object) -> None:
        self.asked: list[Any] = []
        self._ends = iter(ends)
        self.logits = self.device = self

    def options(self, multiplexed_model_id: str) -> Replicas:
        self.asked.append(multiplexed_model_id)
        return self

    def remote(self, *given: object) -> Replicas:
        self.asked.append(given)
        return self

    def result(self, timeout_s: float) -> object:
        assert timeout_s > 0
        end = next(self._ends)
        if isinstance(end, Exception):
            raise end
        return end


def network(*ends: object) -> tuple[RemoteNetwork, Replicas]:
    replicas = Replicas("/device:CPU:0", *ends)
    return RemoteNetwork(replicas, CONTRACT, 2), replicas


def test_windows_go_to_the_model_of_the_contract() -> None:
    ours, replicas = network(WINDOWS + 1)
    np.testing.assert_array_equal(ours(WINDOWS), WINDOWS + 1)
    assert ours.device == "/device:CPU:0"
    assert replicas.asked[0] == model_id(CONTRACT)


def test_a_replica_that_dies_costs_no_song() -> None:
    ours, _ = network(*[ActorDiedError()] * (MAX_TRIES - 1), WINDOWS)
    assert ours(WINDOWS).shape == WINDOWS.shape


@pytest.mark.parametrize(
    "error",
    [BackPressureError(9, 8), DeploymentUnavailableError("x"), TimeoutError(), ActorDiedError()],
    ids=lambda error: type(error).__name__,
)
def test_what_no_replica_takes_can_be_sent_again_later(error: Exception) -> None:
    ours, _ = network(*[error] * MAX_TRIES)
    with pytest.raises(Problem, match="busy") as raised:
        ours(WINDOWS)
    assert int((raised.value.headers or {})["Retry-After"]) > 0


def test_a_folder_that_holds_another_export_is_not_taken_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(REPOSITORY / "model", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    which = model_id(load_contract(folder))
    contract = json.loads((folder / "contract.json").read_text())
    (folder / "contract.json").write_text(json.dumps(contract | {"version": "newer"}))
    with pytest.raises(ContractError, match=r"holds version newer, and .* was asked for"):
        load_by_id(which)
