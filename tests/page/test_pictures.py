"""static/ui/: the heat map and the stacked areas, names beside them, and the choice between the pictures."""

from __future__ import annotations

import numpy as np
import pytest

from tests.page.browser import Page
from tests.page.painting import HEIGHT, paint
from tests.support import SONGS

SONG = SONGS / "metal.mp3"

PICTURES = ["lanes", "heat", "stacked"]


@pytest.mark.parametrize("name", PICTURES)
def test_an_unsure_second_is_hatched_and_has_no_genres_colour(module_page: Page, name: str) -> None:
    pixels = paint(module_page, name, [[0.6, 0.4]] * 4, 160, [False, True, True, False])
    clear, vague = np.delete(pixels, slice(40, 120), axis=1), pixels[:, 40:120]
    assert clear[..., [0, 2]].any()
    assert not clear[..., 1].any()
    assert vague[..., 1].any()
    assert not vague[..., [0, 2]].any()


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("width", [333, 30])
def test_what_comes_second_by_second_is_as_if_painted_at_once(module_page: Page, name: str, width: int) -> None:
    rows = [[0.5 + 0.4 * np.sin(i / 8), 0.5 - 0.4 * np.sin(i / 8)] for i in range(60)]
    unsure = [i % 20 > 14 for i in range(60)]
    whole = paint(module_page, name, rows, width, unsure).astype(int)
    parts = paint(module_page, name, rows, width, unsure, list(range(1, 61))).astype(int)
    # Slanting edges are smoothed where a stretch that is painted ends.
    differs = (np.abs(parts - whole) > 48).any(axis=2)
    assert differs.mean() < (0.02 if name == "stacked" else 1e-9)


def test_a_cell_of_the_heat_map_is_as_dense_as_its_genre_is_likely(module_page: Page) -> None:
    pixels = paint(module_page, "heat", [[0.1, 0.9], [0.5, 0.5], [0.9, 0.1], [1, 0]], 40)
    first, second = pixels[20, 5::10, 3], pixels[60, 5::10, 3]
    assert (np.diff(first) > 0).all()
    assert (np.diff(second) < 0).all()
    assert first[3] == 255
    assert second[3] == 0


def test_stacked_areas_fill_the_chart_in_proportion(module_page: Page) -> None:
    pixels = paint(module_page, "stacked", [[0.25, 0.75]] * 10, 100)
    red, blue = pixels[:, 50, 0] > 128, pixels[:, 50, 2] > 128
    assert red.sum() == pytest.approx(HEIGHT / 4, abs=1)
    assert blue.sum() == pytest.approx(3 * HEIGHT / 4, abs=1)
    assert red[:19].all()  # the first genre is on top, as its name is


@pytest.mark.parametrize(("n_genres", "room"), [(2, 10), (10, 10), (30, 20), (100, 32)])
def test_as_many_names_as_have_room_and_those_that_matter(module_page: Page, n_genres: int, room: int) -> None:
    order = [(7 * i) % n_genres for i in range(n_genres)] if n_genres % 7 else list(range(n_genres))
    script = 'const { namesThatFit } = await load("ui/chart-labels.js"); return [...namesThatFit(args[0], args[1])];'
    named = sorted(module_page.run(script, order, room))
    assert order[0] in named
    assert min(np.diff(named), default=n_genres) * room / n_genres >= 1
    assert len(named) >= min(n_genres, room) / 3


def test_the_choice_of_picture_is_kept_for_the_next_visit(page: Page) -> None:
    page.analyse(SONG)
    pixels = "document.querySelector('#canvas').toDataURL()"
    lanes = page.driver.execute_script(f"return {pixels}")
    page.find("input[name=picture][value=heat]").click()
    page.wait_for(f"{pixels} !== arguments[0]".replace("arguments[0]", repr(lanes)))
    try:
        page.reload()
        assert page.find("input[name=picture][value=heat]").is_selected()
        assert page.find(".panel .chart").get_attribute("data-picture") == "heat"
    finally:
        page.run("localStorage.removeItem('genrescope:picture')")


def test_a_hundred_genres_have_a_chart_of_the_same_height(page: Page) -> None:
    page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const { finish } = SongView.prototype;
        SongView.prototype.finish = function (...what) { window.view = this; finish.apply(this, what); };
        """
    )
    page.analyse(SONG)
    page.run(
        """
        const genres = Array.from({ length: 100 }, (_, i) => `genre ${i}`);
        const row = genres.map((_, i) => (i === 70 ? 0.5 : 0.5 / 99));
        const rows = Array.from({ length: 3600 }, () => row);
        let n_at_once = 0;
        window.most_at_once = 0;
        const { fillRect } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.fillRect = function (...what) {
          n_at_once += 1;
          window.most_at_once = Math.max(window.most_at_once, n_at_once);
          fillRect.apply(this, what);
        };
        const count = () => { n_at_once = 0; requestAnimationFrame(count); };
        count();
        view.show({ title: "many", media: null }, genres, 1);
        view.setRows(rows, rows.map(() => false));
        """
    )
    right = "document.querySelector('#canvas').width - 1"
    alpha = f"document.querySelector('#canvas').getContext('2d').getImageData({right}, 0, 1, 400).data.some((v) => v)"
    page.wait_for("most_at_once > 0")
    page.wait_for(alpha)
    assert page.find("#lanes").size["height"] <= 500
    assert 0 < page.driver.execute_script("return most_at_once") <= 30_000  # of the 3600 × 100 or so that there are
    visible = "[...document.querySelectorAll('#labels li:not(.crowded-out)')].map((label) => label.textContent)"
    names = page.driver.execute_script(f"return {visible}")
    assert "genre 70" in names
    assert 10 <= len(names) <= 40
