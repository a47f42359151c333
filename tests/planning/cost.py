"""What a million songs cost: core-hours at a price, and beside them what the songs' bytes cost. Prices are inputs."""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1e6
HOUR_S = 3600.0
GB = 1e9


@dataclass(frozen=True)
class Prices:
    """US dollars, before tax and discounts. Defaults are assumptions of November 2026, near list prices of large clouds
    for rented general-purpose virtual machines, standard object storage and traffic to the internet.
    """

    core_hour: float = 0.04
    gpu_hour: float = 2.5
    gb_month: float = 0.023
    egress_gb: float = 0.09
    million_reads: float = 0.4

    def __post_init__(self) -> None:
        for name, price in vars(self).items():
            if not 0 <= price < float("inf"):
                raise ValueError(f"the price {name} is {price:g}, must be 0 or above")


@dataclass(frozen=True)
class Cost:
    """Of a million songs, in dollars. egress: 0 where the songs lie in the region in which they are heard."""

    cores: float
    reads: float = 0.0
    storage_month: float = 0.0
    egress: float = 0.0


def of_catalogue(core_h: float, n_songs: float, bytes_a_song: float, prices: Prices) -> Cost:
    """core_h: that all songs took, as they are paid for. egress: what it is where the songs lie elsewhere."""
    gigabytes = MILLION * bytes_a_song / GB
    return Cost(
        cores=core_h / n_songs * MILLION * prices.core_hour,
        reads=prices.million_reads,
        storage_month=gigabytes * prices.gb_month,
        egress=gigabytes * prices.egress_gb,
    )


def of_day(core_h: float, n_songs: float, answer_bytes: float, prices: Prices) -> Cost:
    """core_h: of all replicas. What clients send costs nothing, the answers do, and nothing is kept."""
    return Cost(
        cores=core_h / n_songs * MILLION * prices.core_hour, egress=MILLION * answer_bytes / GB * prices.egress_gb
    )


def songs_per_hour(seconds_a_song: float) -> float:
    """Of one core, or of one GPU."""
    return HOUR_S / seconds_a_song


def gpu_songs_per_hour(windows_per_s: float, windows_a_song: float) -> float:
    """Of a GPU that is never kept waiting: what decodes and makes features for it has to be there beside it."""
    return HOUR_S * windows_per_s / windows_a_song


def cores_to_feed(gpu_per_hour: float, decode_and_features_s: float) -> float:
    """How many cores decode and make features as fast as a GPU runs the network."""
    return gpu_per_hour * decode_and_features_s / HOUR_S
