"""A real server on Ray, for tests: `python -m server --ray local`, and what is deployed on it in place of what runs."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

from tests.bench.memory import all_parents, descendants
from tests.catalogue.processes import command_of
from tests.support import REPOSITORY, ServerProcess, n_open

START_S = 600.0  # many times what it takes: Ray starts a dozen processes, which import much
OF_RAY = re.compile(r"^(?:\x1b\[\d+m)?\(.+? pid=\d+\).*\n", re.MULTILINE)  # a replica's line, repeated
SONGS = "ray::ServeReplica:genrescope:Songs"


class RayServer(ServerProcess):
    """One replica of each kind. Its process is, to the tests, the replica that takes songs in."""

    def __init__(self, **environment: str) -> None:
        one_each = {"GENRESCOPE_DECODE_REPLICAS_MAX": "1", "GENRESCOPE_NETWORK_REPLICAS_MAX": "1"}
        auth = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        self._environment = one_each | auth | environment
        super().__init__("--ray", "local", **self._environment)

    @property
    def pid(self) -> int:
        """Of the newest one."""
        return max(pid for pid in self._started() if command_of(pid).startswith(SONGS))

    @property
    def n_descriptors(self) -> int:
        return n_open(self.pid)

    def _started(self) -> set[int]:
        return descendants(self._process.pid, all_parents())

    @property
    def figures_url(self) -> str:
        """Where Ray tells Prometheus its own figures, and Serve's."""
        (folder,) = self._session_folders()
        (port,) = folder.glob("metrics_export_port_*")
        return f"http://127.0.0.1:{port.read_text()}/metrics"

    def _session_folders(self) -> list[Path]:
        """Ray's, once it has one."""
        commands = (command_of(pid) for pid in self._started())
        found = (re.search(r"gcs_server .*--log_dir=(\S+)/logs", command) for command in commands)
        return [Path(match[1]) for match in found if match]

    def output(self) -> str:
        """With what the replicas have written, which the process itself repeats a little later."""
        of_replicas = [log for folder in self._session_folders() for log in folder.glob("logs/worker-*.err")]
        return OF_RAY.sub("", super().output()) + "".join(log.read_text() for log in of_replicas)

    def wait_for_page(self, timeout_s: float = START_S) -> float:
        return super().wait_for_page(timeout_s)

    def wait_until_ready(self, timeout_s: float = START_S) -> None:
        super().wait_until_ready(timeout_s)

    def deploy(self, **environment: str) -> None:
        """With other settings, as an operator does it; until the cluster has it."""
        found = re.search(r"Ray is at (\S+)", self.output())
        assert found, self.output()
        deployed = subprocess.run(
            [sys.executable, "-m", "server", "--ray", found[1]],
            cwd=REPOSITORY,
            env=os.environ | self._environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=START_S,
        )
        assert deployed.returncode == 0, deployed.stdout
