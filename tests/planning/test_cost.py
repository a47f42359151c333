"""tests/planning/cost.py: prices times what was used."""

from __future__ import annotations

import pytest

from tests.planning.cost import Prices, cores_to_feed, gpu_songs_per_hour, of_catalogue, of_day
from tests.planning.gpu import windows_per_s_of_song

PRICES = Prices(core_hour=0.04, gb_month=0.02, egress_gb=0.1, million_reads=0.4)


def test_a_million_songs_of_a_catalogue() -> None:
    found = of_catalogue(core_h=2000, n_songs=10_000_000, bytes_a_song=5e6, prices=PRICES)
    assert found.cores == pytest.approx(200 * 0.04)
    assert (found.reads, found.storage_month, found.egress) == pytest.approx((0.4, 100, 500))


def test_a_million_songs_of_a_days_traffic() -> None:
    found = of_day(core_h=48, n_songs=50_000, answer_bytes=20_000, prices=PRICES)
    assert found.cores == pytest.approx(48 * 20 * 0.04)
    assert (found.storage_month, found.egress) == pytest.approx((0, 2))


def test_a_gpu_and_the_cores_that_feed_it() -> None:
    assert gpu_songs_per_hour(windows_per_s=2800, windows_a_song=28) == 360_000
    assert cores_to_feed(360_000, decode_and_features_s=0.5) == 50


def test_windows_of_a_song_are_the_contracts() -> None:
    assert windows_per_s_of_song() == pytest.approx(22_050 / 1711 / 112)


@pytest.mark.parametrize("price", [-0.01, float("inf"), float("nan")])
def test_a_price_that_is_none_is_named(price: float) -> None:
    with pytest.raises(ValueError, match="the price core_hour is"):
        Prices(core_hour=price)
