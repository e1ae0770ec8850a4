"""Which files are linted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flylint.discovery import Found, discover, is_config_name
from tests.conftest import write


def search(*paths: str, excludes: tuple[str, ...] = ()) -> Found:
    return discover(paths, lambda path: path in excludes)


@pytest.mark.parametrize("name", ["fly.toml", "fly.staging.toml", "fly-worker.toml", "fly.a.b.toml", "fly-a.b-c.toml"])
def test_names_of_configs(name: str) -> None:
    assert is_config_name(name)


@pytest.mark.parametrize(
    "name", ["flytoml", "myfly.toml", "fly_a.toml", "fly.toml.bak", "flying.toml", "fly.staging", "Fly.toml"]
)
def test_other_names(name: str) -> None:
    assert not is_config_name(name)


def test_a_folder_is_searched_in_order_of_names(folder: Path) -> None:
    names = ["b/fly.toml", "a/fly.toml", "a/fly-b.toml", "fly.toml", "a/x/fly.prod.toml", "a/other.toml", "fly.md"]
    write(folder, dict.fromkeys(names, ""))
    assert search(".").files == ["fly.toml", "a/fly-b.toml", "a/fly.toml", "a/x/fly.prod.toml", "b/fly.toml"]


def test_hidden_folders_and_those_of_other_people_are_left_alone(folder: Path) -> None:
    write(folder, {f"{name}/fly.toml": "" for name in (".git", ".venv", "node_modules", "venv", "apps")})
    assert search(".").files == ["apps/fly.toml"]


def test_a_hidden_folder_that_is_named_is_searched(folder: Path) -> None:
    write(folder, {".config/fly.toml": ""})
    assert search(".config").files == [".config/fly.toml"]


def test_links_to_folders_are_not_followed(folder: Path) -> None:
    write(folder, {"a/fly.toml": ""})
    (folder / "a" / "loop").symlink_to(folder)
    (folder / "b").symlink_to(folder / "a")
    assert search(".").files == ["a/fly.toml"]


def test_a_link_to_a_file_is_a_file(folder: Path) -> None:
    write(folder, {"a/config": ""})
    (folder / "fly.toml").symlink_to(folder / "a" / "config")
    assert search(".").files == ["fly.toml"]


def test_what_is_named_like_a_config_but_is_a_folder_is_no_file(folder: Path) -> None:
    write(folder, {"fly.toml/fly.toml": "", "a/fly.toml": ""})
    assert search(".").files == ["a/fly.toml"]


def test_a_named_file_may_have_any_name(folder: Path) -> None:
    write(folder, {"deploy/production.conf": ""})
    assert search("deploy/production.conf").files == ["deploy/production.conf"]


def test_paths_are_shown_as_given(folder: Path) -> None:
    write(folder, {"a/fly.toml": "", "b/fly.toml": ""})
    assert search("./a/fly.toml").files == ["a/fly.toml"]
    assert search("./a").files == ["a/fly.toml"]
    assert search("a/../b/").files == ["a/../b/fly.toml"]
    assert search(str(folder / "a")).files == [str(folder / "a" / "fly.toml")]


def test_each_file_once(folder: Path) -> None:
    write(folder, {"a/fly.toml": ""})
    assert search("a/fly.toml", "a", ".", "./a/fly.toml", str(folder)).files == ["a/fly.toml"]


def test_a_pattern_that_the_shell_left_alone(folder: Path) -> None:
    write(folder, {"x/a/fly.toml": "", "x/b/fly.toml": "", "x/c/other.toml": ""})
    assert search("x/*/fly.toml").files == ["x/a/fly.toml", "x/b/fly.toml"]
    assert search("**/*.toml").files == ["x/a/fly.toml", "x/b/fly.toml", "x/c/other.toml"]
    assert search("y/*/fly.toml").problems == ["y/*/fly.toml: no file matches this pattern"]


def test_a_file_whose_name_looks_like_a_pattern(folder: Path) -> None:
    write(folder, {"[id]/fly.toml": ""})
    assert search("[id]/fly.toml").files == ["[id]/fly.toml"]
    assert search("[id]").files == ["[id]/fly.toml"]


def test_nothing_found_is_a_problem(folder: Path) -> None:
    (folder / "empty").mkdir()
    assert search("empty").problems == ["empty: no fly.toml, fly.*.toml or fly-*.toml in this folder or below"]
    assert search("missing").problems == ["missing: no such file or folder"]


@pytest.mark.parametrize("name", ["fly.yml", "Fly.toml", ".fly.toml", "fly.toml.example", "fly.toml.bak", "fly.tml"])
def test_a_folder_with_a_name_that_comes_near(folder: Path, name: str) -> None:
    write(folder, {name: "", "a.txt": ""})
    (problem,) = search(".").problems
    assert f"in this folder or below; {name} is a name that flyctl does not look for" in problem


@pytest.mark.parametrize("name", ["fly.json", "fly.yaml"])
def test_a_folder_with_a_config_that_is_not_toml(folder: Path, name: str) -> None:
    write(folder, {name: ""})
    assert search(".").problems[0].endswith(f"below; {name} is not TOML, and flylint reads nothing else")


def test_a_name_that_comes_near_says_nothing_beside_a_config(folder: Path) -> None:
    write(folder, {"fly.toml.example": "", "fly.toml": ""})
    assert not search(".").problems


def test_excluded_files_and_folders(folder: Path) -> None:
    write(folder, {"a/fly.toml": "", "b/fly.toml": "", "fly.toml": ""})
    found = search(".", excludes=("./a", "fly.toml"))
    assert found.files == ["b/fly.toml"]
    assert found.excluded == 2
    assert not found.problems


def test_a_named_file_can_be_excluded(folder: Path) -> None:
    write(folder, {"a/fly.toml": ""})
    found = search("a/fly.toml", excludes=("a/fly.toml",))
    assert (found.files, found.excluded, found.problems) == ([], 1, [])


def test_a_folder_where_all_is_excluded_is_no_problem_beside_others(folder: Path) -> None:
    write(folder, {"a/fly.toml": "", "b/fly.toml": ""})
    found = search("a", "b", excludes=("a/fly.toml",))
    assert (found.files, found.problems) == (["b/fly.toml"], [])


@pytest.mark.parametrize("path", [".", "a", "*/fly.toml"])
def test_a_search_where_all_is_excluded_is_a_problem(folder: Path, path: str) -> None:
    write(folder, {"a/fly.toml": ""})
    found = search(path, excludes=("a/fly.toml",))
    assert found.problems == ["nothing to check: the settings exclude everything that was found"]


def test_standard_input_once() -> None:
    assert search("-", "-").files == ["-"]


def test_standard_input_can_be_excluded() -> None:
    found = search("-", excludes=("-",))
    assert (found.files, found.excluded, found.problems) == ([], 1, [])


@pytest.mark.skipif(os.name != "posix", reason="links of Unix")
class TestLinks:
    def test_a_file_that_a_link_takes_from_elsewhere_is_not_found(self, folder: Path) -> None:
        write(folder, {"outside/other.toml": "", "project/real.toml": ""})
        (folder / "project/fly.toml").symlink_to("../outside/other.toml")
        (folder / "project/fly.staging.toml").symlink_to("real.toml")
        found = search("project")
        assert found.files == ["project/fly.staging.toml"]
        assert found.problems == ["project/fly.toml: a link that leads out of the folder; name the file to lint it"]
        assert search("project/*.toml").files == ["project/fly.staging.toml", "project/real.toml"]
        assert search("project/fly.toml").files == ["project/fly.toml"]

    def test_a_pattern_does_not_follow_links_to_folders(self, folder: Path) -> None:
        write(folder, {"project/a/fly.toml": "", "outside/fly.toml": "", "project/node_modules/b/fly.toml": ""})
        for name in ("x", "y"):
            (folder / "project" / name).symlink_to(".")
        (folder / "project/out").symlink_to("../outside")
        assert search("project/**/fly.toml").files == ["project/a/fly.toml"]
        assert search("project/*/fly.toml").files == ["project/a/fly.toml"]
        assert search("**/**/a/**").files == ["project/a/fly.toml"]
