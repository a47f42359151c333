"""deploy/kubernetes: documents are what Kubernetes takes, and say the same as the server, its settings and its docs."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import kubernetes_validate
import pytest
import yaml

from genrescope.options import read_options
from server.serving import SHUTDOWN_S
from server.settings import Settings, read_settings, variable_of
from server.workers import GRACE_S
from tests.server.test_precache import kept_by
from tests.support import REPOSITORY

DEPLOY = REPOSITORY / "deploy" / "kubernetes"
KUSTOMIZATIONS = sorted(path.parent.name for path in DEPLOY.glob("*/kustomization.yaml"))
VERSIONS = ("1.30", "1.37")
# Their schemas come with the operators that define them.
OF_OPERATORS = {"ServiceMonitor", "RayService", "RayJob"}
RAY_NODES = {"RayService": "rayClusterConfig", "RayJob": "rayClusterSpec"}
UNITS = {"m": 2**20, "Mi": 2**20, "Gi": 2**30}
Document = dict[str, Any]


@cache
def documents(name: str) -> list[Document]:
    """What `kubectl apply -k` would send."""
    if not (kubectl := shutil.which("kubectl")):
        pytest.skip("extra test: kubectl is not here, which puts a kustomization together")
    component = "Component" in (DEPLOY / name / "kustomization.yaml").read_text(encoding="utf-8")
    if component:  # it cannot stand alone
        return list(yaml.safe_load_all((DEPLOY / name / "service-monitor.yaml").read_text(encoding="utf-8")))
    built = subprocess.run([kubectl, "kustomize", DEPLOY / name], capture_output=True, text=True, timeout=60)
    assert built.returncode == 0, built.stderr
    return list(yaml.safe_load_all(built.stdout))


def only(kind: str, name: str = "base") -> Document:
    (found,) = (document for document in documents(name) if document["kind"] == kind)
    return found


def pod_of(name: str = "base") -> Document:
    return dict(only("Deployment", name)["spec"]["template"])


def container_of(name: str = "base") -> Document:
    (container,) = pod_of(name)["spec"]["containers"]
    return dict(container)


def n_bytes(quantity: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(m|Mi|Gi)", quantity).groups()  # type: ignore[union-attr]
    return int(number) * UNITS[unit]


@cache
def settings() -> Settings:
    return read_settings(only("ConfigMap")["data"])


def ray_pods(document: Document) -> Iterator[Document]:
    cluster = document["spec"][RAY_NODES[document["kind"]]]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        yield group["template"]


def serve_config() -> Document:
    return dict(yaml.safe_load(only("RayService", "kuberay")["spec"]["serveConfigV2"]))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", KUSTOMIZATIONS)
def test_every_document_is_valid(name: str, version: str) -> None:
    for document in documents(name):
        if document["kind"] not in OF_OPERATORS:
            kubernetes_validate.validate(document, version, strict=True)
        for pod in ray_pods(document) if document["kind"] in RAY_NODES else ():
            kubernetes_validate.validate({"apiVersion": "v1", "kind": "Pod", **pod}, version, strict=True)


def test_settings_are_some_that_the_server_knows() -> None:
    known = set(map(variable_of, Settings.model_fields))
    assert set(only("ConfigMap")["data"]) < known
    assert settings().log == "json"
    (source,) = container_of()["envFrom"]
    assert source["configMapRef"]["name"] == only("ConfigMap")["metadata"]["name"]


def test_one_port_from_end_to_end() -> None:
    (port,) = container_of()["ports"]
    assert port == {"name": "http", "containerPort": settings().port}
    assert settings().port >= 1024
    assert pod_of()["metadata"]["annotations"]["prometheus.io/port"] == str(settings().port)
    (served,) = only("Service")["spec"]["ports"]
    assert served["targetPort"] == "http"
    assert only("NetworkPolicy")["spec"]["ingress"] == [{"ports": [{"port": "http"}]}]
    labels = pod_of()["metadata"]["labels"].items()
    for selector in (
        only("Service")["spec"]["selector"],
        *(only(kind)["spec"]["selector"]["matchLabels"] for kind in ("Deployment", "PodDisruptionBudget")),
        only("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
        *(spread["labelSelector"]["matchLabels"] for spread in pod_of()["spec"]["topologySpreadConstraints"]),
    ):
        assert selector.items() <= labels
        assert selector


def test_what_is_asked_is_there_and_what_is_not_for_all_is_not_shown(server_url: str) -> None:
    container = container_of()
    asked = [container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
    paths = [get["path"] for get in asked] + [pod_of()["metadata"]["annotations"]["prometheus.io/path"]]
    (rule,) = only("Ingress")["spec"]["rules"]
    shown = {path["path"]: path["pathType"] for path in rule["http"]["paths"]}
    assert {get["port"] for get in asked} == {"http"}
    with httpx.Client(base_url=server_url, timeout=30) as client:
        for path in (*paths, *(path for path, kind in shown.items() if kind == "Exact")):
            assert client.get(path).status_code != 404, path
        kept = kept_by(client.get("/service-worker.js").text)["files"]
    for path in kept:
        assert shown.get(f"/{path.split('/')[0]}") in {"Prefix", "Exact"}, path
    assert not {"/metrics", "/readyz"} & set(shown)


@pytest.mark.parametrize("name", ["base", "gpu"])
def test_a_pod_has_what_the_server_was_measured_to_need(name: str) -> None:
    measured = (REPOSITORY / "docs" / "load.md").read_text(encoding="utf-8")
    worker_bytes = int(re.findall(r"\| 1 \| (\d+) MB \|", measured)[0]) * 1e6
    decoders_bytes = settings().max_analyses * settings().decode_memory_mb * 1e6
    requests, limits = (container_of(name)["resources"][kind] for kind in ("requests", "limits"))
    assert worker_bytes < n_bytes(requests["memory"])
    assert worker_bytes + decoders_bytes < n_bytes(limits["memory"])
    assert int(limits["cpu"]) == settings().max_analyses
    (uploads,) = pod_of(name)["spec"]["volumes"]
    n_requests = settings().max_analyses + settings().max_waiting
    assert n_requests * settings().max_upload_mb * 1e6 < n_bytes(uploads["emptyDir"]["sizeLimit"])
    assert n_bytes(uploads["emptyDir"]["sizeLimit"]) < n_bytes(limits["ephemeral-storage"])
    assert container_of(name)["volumeMounts"] == [{"name": uploads["name"], "mountPath": "/tmp"}]  # noqa: S108


def test_a_pod_is_as_the_image_is_made() -> None:
    dockerfile = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    (uid,) = re.findall(r"useradd .*--uid (\d+)", dockerfile)
    assert pod_of()["spec"]["securityContext"]["runAsUser"] == int(uid)
    assert container_of()["securityContext"]["readOnlyRootFilesystem"]
    assert only("NetworkPolicy")["spec"]["egress"] == []


def test_a_pod_ends_what_it_has_begun() -> None:
    _, pause_s = container_of()["lifecycle"]["preStop"]["exec"]["command"]
    assert pod_of()["spec"]["terminationGracePeriodSeconds"] > int(pause_s) + max(SHUTDOWN_S, GRACE_S)


def test_the_ingress_leaves_refusals_to_the_server() -> None:
    said = {name.rpartition("/")[2]: value for name, value in only("Ingress")["metadata"]["annotations"].items()}
    assert n_bytes(said["proxy-body-size"]) >= settings().max_upload_mb * 1e6
    assert int(said["proxy-read-timeout"]) >= settings().upload_timeout_s
    assert int(said["proxy-send-timeout"]) > settings().idle_timeout_s


@pytest.mark.parametrize("name", ["base", "gpu"])
def test_the_autoscaler_and_the_budget_leave_somebody(name: str) -> None:
    scaler = only("HorizontalPodAutoscaler", name)["spec"]
    assert scaler["scaleTargetRef"]["name"] == only("Deployment", name)["metadata"]["name"]
    assert "replicas" not in only("Deployment", name)["spec"]  # each apply would undo what the autoscaler did
    assert [metric["resource"]["name"] for metric in scaler["metrics"]] == ["cpu"]
    assert (
        only("PodDisruptionBudget", name)["spec"] | {"maxUnavailable": 1} == only("PodDisruptionBudget", name)["spec"]
    )


def test_a_gpu_is_asked_for_where_there_is_one() -> None:
    assert container_of("gpu")["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert container_of("gpu")["image"].endswith(":gpu")
    assert only("HorizontalPodAutoscaler", "gpu")["spec"]["metrics"]
    assert pod_of("gpu")["spec"]["nodeSelector"] == {"nvidia.com/gpu.present": "true"}


def test_prometheus_asks_the_service() -> None:
    monitor = only("ServiceMonitor", "prometheus")["spec"]
    assert monitor["selector"]["matchLabels"].items() <= only("Service")["metadata"]["labels"].items()
    (endpoint,) = monitor["endpoints"]
    assert endpoint["port"] in {port["name"] for port in only("Service")["spec"]["ports"]}
    assert endpoint["path"] == pod_of()["metadata"]["annotations"]["prometheus.io/path"]


@pytest.mark.parametrize(("kind", "name"), [("RayService", "kuberay"), ("RayJob", "rayjob")])
def test_rays_machines_are_of_one_version_and_tell_nobody(kind: str, name: str) -> None:
    """Custom resources: the structure that KubeRay's own schema asks for was checked by hand against its release."""
    document = only(kind, name)
    assert document["apiVersion"] == "ray.io/v1"
    scale = (REPOSITORY / "requirements-scale.txt").read_text(encoding="utf-8")
    assert document["spec"][RAY_NODES[kind]]["rayVersion"] == re.findall(r"^ray==(.+)$", scale, re.MULTILINE)[0]
    for pod in ray_pods(document):
        (container,) = pod["spec"]["containers"]
        assert {"name": "RAY_USAGE_STATS_ENABLED", "value": "0"} in container["env"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/api/healthz"
        assert pod["spec"]["securityContext"]["runAsNonRoot"]


@pytest.mark.parametrize(("kind", "name"), [("RayService", "kuberay"), ("RayJob", "rayjob")])
def test_rays_own_ports_are_for_its_machines_and_the_operator(kind: str, name: str) -> None:
    policies = [document["spec"] for document in documents(name) if document["kind"] == "NetworkPolicy"]
    (policy,) = (policy for policy in policies if "Ingress" in policy["policyTypes"])
    machines = policy["podSelector"]["matchLabels"]
    assert all(machines.items() <= pod["metadata"]["labels"].items() for pod in ray_pods(only(kind, name)))
    (peers,) = (rule["from"] for rule in policy["ingress"] if "from" in rule)
    operator = {"app.kubernetes.io/name": "kuberay-operator"}
    assert [peer["podSelector"]["matchLabels"] for peer in peers] == [machines, operator]
    assert all(rule["ports"] == [{"port": 8000}] for rule in policy["ingress"] if "from" not in rule)


def test_the_job_is_a_command_that_there_is() -> None:
    python, dash_m, package, *arguments = shlex.split(only("RayJob", "rayjob")["spec"]["entrypoint"])
    assert (python, dash_m, package) == ("python", "-m", "genrescope")
    options = read_options(arguments)
    assert (options.command, options.ray) == ("tag", "auto")
    assert options.folder != options.output


def test_ray_serve_runs_our_application() -> None:
    (application,) = serve_config()["applications"]
    module, _, name = application["import_path"].partition(":")
    source = REPOSITORY / f"{module.replace('.', '/')}.py"
    assert re.search(rf"^(def )?{name}\b", source.read_text(encoding="utf-8"), re.MULTILINE)


def test_ray_serve_is_told_settings_that_it_knows_and_reached_at_its_port() -> None:
    config = serve_config()
    (application,) = config["applications"]
    read_settings(application["args"])
    assert set(application["args"]) <= set(map(variable_of, Settings.model_fields))
    nodes, _ = (policy["spec"] for policy in documents("kuberay") if policy["kind"] == "NetworkPolicy")
    assert nodes["ingress"][0] == {"ports": [{"port": config["http_options"]["port"]}]}
    for pod in ray_pods(only("RayService", "kuberay")):
        assert nodes["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
        ports = {port["name"]: port["containerPort"] for port in pod["spec"]["containers"][0]["ports"]}
        assert ports["serve"] == config["http_options"]["port"]
