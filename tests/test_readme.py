"""What the README shows is run: its Python as one program, its commands as far as they go without a network."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    space = {}
    for block in blocks("python"):
        exec(block, space)  # our own README
    assert space["x"].grad == -4.0 and (tmp_path / "f.html").exists()
    assert "dW = " in capsys.readouterr().out


NAMED = re.findall(r"`((?:nnteach|notebooks|exercises|solutions|tests|\.ci)/[\w./]*)`", README)


@pytest.mark.parametrize("path", sorted(set(NAMED)))
def test_every_file_it_names_exists(path):
    assert (Path(__file__).parent.parent / path).exists()


def test_the_picture_is_there():
    for picture in re.findall(r"!\[.+?\]\((.+?)\)", README, flags=re.DOTALL):
        assert (Path(__file__).parent.parent / picture).stat().st_size > 10_000
