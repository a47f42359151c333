"""`python -m training report`: its figures are those of `evaluate`, and what is missing is said in words."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from model.contract import RowRule, WindowLayout
from model.features import SignalChain
from tests.support import REPOSITORY
from tests.training.support import part, set_of_several, toy_log_mel
from training.__main__ import main
from training.calibrate import fit_temperatures
from training.card_text import percent
from training.evaluate import evaluate
from training.feature_set import FeatureSetWriter, open_feature_set
from training.linear import train_linear
from training.score import in_batches, song_logits
from training.split import split_from_archive, write_split
from training.trained import load_trained

GENRES = ("blues", "jazz", "rock")


class Words(HTMLParser):
    """A page's text, and the cells of its tables."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._is_read, self._is_cell, self._told = True, False, list[str]()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._is_read = tag not in ("style", "script")
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._is_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._is_read = True
        self._is_cell = self._is_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._is_read:
            self._told.append(data)
            if self._is_cell:
                self.rows[-1][-1] += data.strip()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._told).split())


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set in which one song of rock to be judged sounds like jazz, its split, and a run that learned from it."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "set").mkdir()
    writer = FeatureSetWriter(folder / "set", SignalChain())
    for number, genre in enumerate(GENRES):
        for song in range(8):
            sounds_like = GENRES.index("jazz") if (genre, song) == ("rock", 0) else number
            part_of_song = "train" if song % 4 else "valid"
            writer.add(f"{genre}/{song}", genre, toy_log_mel(sounds_like, song), split=part_of_song)
    writer.finish({"rock/9.mp3": "only 0.50 s long"})
    songs = open_feature_set(folder / "set")
    write_split(split_from_archive(songs), folder / "split.json", "given")
    train_linear(part(songs, "train"), part(songs, "valid"), folder / "run", 0, "given")
    (folder / "run/history.csv").write_text(
        "epoch,loss,window_accuracy,val_loss,val_accuracy\n0,2.5,0.25,2.25,0.5\n1,9,9,9,9\n1,1.5,0.75,1.25,0.625\n"
    )
    return folder


def report(workplace: Path, *words: object, out: str = "report.html") -> int:
    where = ("--set", workplace / "set", "--split", workplace / "split.json", "--out", workplace / out)
    return main(["report", *map(str, (*where, *words))])


@pytest.fixture(scope="module")
def words(workplace: Path) -> Words:
    """The run's report."""
    assert report(workplace, "--run", workplace / "run") == 0
    return Words(workplace / "report.html")


def test_figures_are_those_of_evaluate(workplace: Path, words: Words) -> None:
    songs, trained = part(open_feature_set(workplace / "set"), "valid"), load_trained(workplace / "run")
    network, layout = in_batches(trained.network), WindowLayout()
    rule = fit_temperatures(song_logits(songs, GENRES, network, layout, RowRule()), RowRule())
    result = evaluate(songs, GENRES, network, layout, rule, fitted_on_these=True)
    low, high = map(percent, result.clip_accuracy_ci95)
    said = f"{percent(result.clip_accuracy)} of the songs right 5 of 6; 95 % interval {low} to {high}"
    for figure in (said, percent(result.second_accuracy), f"{result.macro_f1:.3f}", f"{result.calibration.ece:.3f}"):
        assert " ".join(figure.split()) in words.text
    for genre, score in result.per_genre.items():
        (row,) = (row for row in words.rows if row[:1] == [genre] and len(row) == 8)
        assert (row[2], row[3], row[7]) == (f"{score['n']:.0f}", percent(score["recall"]), f"{score['f1']:.2f}")


def test_who_was_taken_for_whom_is_told_of_genres_and_of_songs(words: Words) -> None:
    assert [row for row in words.rows if row[:1] == ["rock"]][-1] == ["rock", "", "1", "1"]
    assert "rock heard as jazz : 1 of 2" in words.text
    assert [row[:3] for row in words.rows if row[0].startswith("rock/")] == [["rock/0", "rock", "jazz"]]


def test_songs_and_curves_are_told(words: Words) -> None:
    assert "3 genres, learned from 18 songs and judged on 6 others." in words.text
    assert ["rock", "", "6", "2", "0", "0", "2"] in words.rows
    assert "1 files could not be used rock/9.mp3: only 0.50 s long" in words.text
    assert ["1", "2.5", "0.25", "2.25", "0.5"] in words.rows
    assert [row for row in words.rows if row[:1] == ["2"]] == [["2", "1.5", "0.75", "1.25", "0.625"]]  # the second time
    assert "A map of the songs Songs that lie together" in words.text


def test_songs_that_it_learned_from_are_judged_as_such_and_are_in_the_map_once(workplace: Path) -> None:
    assert report(workplace, "--run", workplace / "run", "--part", "train", out="train.html") == 0
    page = workplace / "train.html"
    assert "3 genres, learned from 18 songs and judged on 18. " in Words(page).text
    assert page.read_text(encoding="utf-8").count(" data-song=") == 18


def test_a_network_that_learned_from_other_songs_than_the_splits_is_not_said_to_know_none(workplace: Path) -> None:
    split = split_from_archive(open_feature_set(workplace / "set"))
    write_split({**split, "train": split["train"][1:]}, workplace / "other.json", "another")
    words = ("--run", workplace / "run", "--split", workplace / "other.json")
    assert report(workplace, *words, out="other.html") == 0
    text = Words(workplace / "other.html").text
    assert "learned from 18 songs and judged on 6. " in text
    assert "NOT the split the model was trained on" in text
    assert (workplace / "other.html").read_text(encoding="utf-8").count(" data-song=") == 6


def test_the_same_network_and_songs_give_the_same_page(workplace: Path, words: Words) -> None:
    assert words.rows
    assert report(workplace, "--run", workplace / "run", out="again.html") == 0
    assert (workplace / "again.html").read_bytes() == (workplace / "report.html").read_bytes()


def test_songs_of_several_genres_have_their_own_figures(tmp_path: Path) -> None:
    songs = set_of_several(tmp_path / "set")
    write_split(split_from_archive(songs), tmp_path / "split.json", "given")
    train_linear(part(songs, "train"), part(songs, "valid"), tmp_path / "run", 0, "given")
    assert report(tmp_path, "--run", tmp_path / "run") == 0
    words = Words(tmp_path / "report.html")
    for told in (
        "mean average precision (mAP)",
        "ROC-AUC",
        "threshold: song",
        "There is no such table where a song may",
    ):
        assert told in words.text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Say --run RUN, --model FOLDER, or both"),
        (("--run", "nowhere"), "nowhere holds no training run"),
        (("--model", "nowhere"), "is nowhere a model folder written by export?"),
        (("--run", "RUN", "--model", "MODEL"), "learned from other songs than"),
        (("--run", "RUN", "--part", "test"), "holds no song of the split's test part"),
        (("--run", "RUN", "--audio", "nowhere"), "--audio nowhere is no folder"),
        (("--run", "RUN", "--audio", "WORKPLACE"), "holds none of the set's songs"),
        (("--run", "RUN", "--set", "nowhere"), "nowhere holds no tracks.json"),
    ],
)
def test_what_is_missing_is_said(
    options: tuple[str, ...], said: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {"RUN": workplace / "run", "MODEL": REPOSITORY / "model", "WORKPLACE": workplace}
    assert report(workplace, *(known.get(word, word) for word in options), out="none.html") == 1
    assert said in capsys.readouterr().err
    assert not (workplace / "none.html").exists()


def test_a_page_that_cannot_be_written_is_told(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(workplace, "--run", workplace / "run", out="split.json/report.html") == 1
    assert "split.json/report.html cannot be written" in capsys.readouterr().err
