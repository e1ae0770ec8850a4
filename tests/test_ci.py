"""What docs/ci.md promises: the GitHub Action, the GitLab job and the image, as far as they run without those services."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.conftest import CLEAN, ERROR, ROOT, WARNING, environment, write

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = ACTION["runs"]["steps"]
SARIF = Draft7Validator(json.loads((ROOT / "tests/data/sarif-schema-2.1.0.json").read_text("utf-8")))


def blocks(heading: str) -> list[str]:
    """The YAML blocks under a heading of docs/ci.md, with a name where the project has no address yet."""
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^```yaml\n(.*?)^```$", section, re.M | re.S)
    return [
        text.replace("<owner>/<name of this repository>", "o/flylint").replace("<the URL of this repository>", "URL")
        for text in found
    ]


def program(name: str) -> str:
    """A program of this environment, or a skipped test."""
    beside = Path(sys.executable).parent / name
    if not beside.exists():
        pytest.skip(f"needs {name}")
    return str(beside)


def judged_by(schema: str, path: Path) -> None:
    """A file is what check-jsonschema's copy of a schema wants."""
    done = subprocess.run(
        [program("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


# what there is to read


def test_the_files_have_the_form_that_the_services_want(folder: Path) -> None:
    judged_by("github-actions", ROOT / "action.yml")
    for schema, heading in (("github-workflows", "GitHub Actions"), ("gitlab-ci", "GitLab CI")):
        texts = blocks(heading)
        assert texts
        for text in texts:
            write(folder, {"ci.yml": text})
            judged_by(schema, folder / "ci.yml")


def test_the_hooks_of_the_page_exist(folder: Path) -> None:
    """pre-commit itself takes the manifest and what the page says to write."""
    (text,) = blocks("pre-commit")
    write(folder, {".pre-commit-config.yaml": text})
    for words in (["validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], ["validate-config"]):
        done = subprocess.run([sys.executable, "-m", "pre_commit", *words], capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, done.stdout
    known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    assert {hook["id"] for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]} <= known


def test_the_page_lists_the_inputs_of_the_action() -> None:
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    listed = dict(
        re.findall(r"^\| `([\w-]+)` \| .* \| (.*) \|$", page.partition("| input |")[2].split("\n\n")[0], re.M)
    )
    assert listed == {name: f"`{of['default']}`" if of["default"] else "none" for name, of in ACTION["inputs"].items()}
    for text in blocks("GitHub Actions"):
        for step in yaml.safe_load(text)["jobs"]["flylint"]["steps"]:
            assert set(step.get("with", {})) <= set(ACTION["inputs"])


def test_no_input_becomes_part_of_a_script() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert len(scripts) == 3
    assert not [script for script in scripts if "${{" in script]


def test_the_dockerfile_is_sound() -> None:
    done = subprocess.run([program("hadolint"), str(ROOT / "Dockerfile")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_image_gets_all_that_it_is_built_from(tmp_path: Path) -> None:
    """What .dockerignore lets through is enough to install flylint, and holds nothing that the package does not."""
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if line.startswith("!"):
            source, target = ROOT / line[1:], tmp_path / "src" / line[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
    words = ["install", "-q", "--no-deps", "--no-build-isolation", "--target", str(tmp_path / "lib")]
    env = environment()
    del env["PYTHONPATH"]
    subprocess.run([sys.executable, "-m", "pip", *words, str(tmp_path / "src")], check=True, env=env, cwd=tmp_path)
    installed = {path.name for path in (tmp_path / "lib" / "flylint").iterdir()}
    assert {"schemas", "docs", "cli.py"} <= installed
    assert not installed & {"tests", "fixtures"}


# the action, step by step


def filled(text: str, inputs: Mapping[str, str]) -> str:
    """A value of a step with its expressions replaced, which may only be inputs and the folder of the action."""
    known = {"github.action_path": str(ROOT), **{f"inputs.{name}": value for name, value in inputs.items()}}
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], text)


def holds(condition: str, failed: bool, inputs: Mapping[str, str], outcomes: Mapping[str, str]) -> bool:
    """Whether a step runs: what GitHub makes of the few kinds of conditions that the action has."""
    if "cancelled()" not in condition:
        assert not condition
        return not failed
    names = {f"inputs.{name}": value for name, value in inputs.items()}
    names |= {f"steps.{name}.outcome": outcome for name, outcome in outcomes.items()}
    for term in condition.removeprefix("${{ ").removesuffix(" }}").split(" && "):
        if term != "!cancelled()":
            name, sign, text = term.split(" ")
            if (names[name] == text.strip("'")) is not (sign == "=="):
                return False
    return True


class Job:
    """What became of a job with the action in it: its outcome, the log, and what was uploaded."""

    def __init__(self, folder: Path, runner: Path, steps: list[Any], **given: str) -> None:
        inputs = {name: of["default"] for name, of in ACTION["inputs"].items()}
        inputs |= {name.replace("_", "-"): value for name, value in given.items()}
        self.failed, self.log, self.uploaded = False, "", dict[str, str]()
        self.outcomes = {"install": "success"}
        for step in steps:
            outcome = "skipped"
            if holds(step.get("if", ""), self.failed, inputs, self.outcomes):
                outcome = "success"
                if "uses" in step:
                    self.uploaded = {name: filled(value, inputs) for name, value in step["with"].items()}
                elif self._status(step, inputs, folder, runner):
                    outcome, self.failed = "failure", True
            self.outcomes[step.get("id", step["name"])] = outcome

    def _status(self, step: Any, inputs: Mapping[str, str], folder: Path, runner: Path) -> int:
        assert step["shell"] == "bash"
        env = environment(RUNNER_TEMP=str(runner), GITHUB_ACTIONS="true", CI="true")
        del env["PYTHONPATH"]
        env |= {name: filled(value, inputs) for name, value in step.get("env", {}).items()}
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.log += done.stdout
        return done.returncode


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runner on which the first step of the action has installed flylint."""
    folder = tmp_path_factory.mktemp("runner temp")
    assert STEPS[0]["id"] == "install"
    job = Job(folder, folder, STEPS[:1])
    assert not job.failed, job.log
    return folder


def job(folder: Path, runner: Path, **given: str) -> Job:
    """The other steps of the action in a folder."""
    return Job(folder, runner, STEPS[1:], **given)


@pytest.mark.slow
class TestAction:
    def test_clean_files_pass(self, folder: Path, runner: Path) -> None:
        write(folder, {"fly.toml": CLEAN, "apps/a/fly.toml": CLEAN})
        done = job(folder, runner)
        assert not done.failed
        assert done.log == "No problems found in 2 files.\n"
        assert done.uploaded == {}

    def test_findings_fail_and_are_annotated(self, folder: Path, runner: Path) -> None:
        write(folder, {"apps/a/fly.toml": WARNING, "apps/b/fly.prod.toml": ERROR, "apps/c/fly.toml": CLEAN})
        done = job(folder, runner)
        assert done.failed
        assert "\napps/b/fly.prod.toml:5:14: error[wrong-type] " in done.log
        assert "\n::error file=apps/b/fly.prod.toml,line=5,col=14," in done.log
        assert "\n::warning file=apps/a/fly.toml,line=4,col=1," in done.log
        assert done.uploaded == {}

    def test_sarif_is_written_and_uploaded_although_there_are_findings(self, folder: Path, runner: Path) -> None:
        write(folder, {"apps/a/fly.toml": WARNING, "fly.toml": ERROR})
        done = job(folder, runner, sarif_file="out of here.sarif")
        assert done.failed
        assert done.uploaded == {"sarif_file": "out of here.sarif", "category": "flylint"}
        log = json.loads((folder / "out of here.sarif").read_text("utf-8"))
        assert not list(SARIF.iter_errors(log))
        found = {
            (result["ruleId"], result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
            for result in log["runs"][0]["results"]
        }
        assert found == {("unknown-key", "apps/a/fly.toml"), ("wrong-type", "fly.toml")}

    @pytest.mark.parametrize(
        ("inputs", "failed", "said"),
        [
            ({"fail_on": "never"}, False, "::warning "),
            ({"fail_on": "error"}, False, "::warning "),
            ({"severity": "error"}, True, "not shown because of --severity error"),
            ({"format": "full"}, True, "  --> fly.toml:4:1"),
            ({"paths": "other"}, True, "other: no such file or folder"),
            ({"paths": "a b/fly.toml\n\n*/fly.toml\n"}, False, "No problems found in 1 file."),
            ({"format": "yaml"}, True, "invalid choice: 'yaml'"),
        ],
    )
    def test_inputs(self, folder: Path, runner: Path, inputs: dict[str, str], failed: bool, said: str) -> None:
        write(folder, {"fly.toml": WARNING, "a b/fly.toml": CLEAN})
        done = job(folder, runner, **inputs)
        assert done.failed is failed, done.log
        assert said in done.log

    def test_what_went_wrong_is_not_uploaded(self, folder: Path, runner: Path) -> None:
        write(folder, {"a/fly.toml": WARNING, "b/fly.toml": CLEAN, "b/flylint.toml": "selct = []"})
        done = job(folder, runner, sarif_file="x.sarif")
        assert done.failed
        assert "b/flylint.toml:1:1: there is no setting `selct`: did you mean `select`?" in done.log
        assert "::warning file=a/fly.toml" in done.log
        assert done.uploaded == {}

    @pytest.mark.parametrize("name", ["paths", "severity", "fail_on", "format", "sarif_file"])
    def test_nothing_in_an_input_is_run(self, folder: Path, runner: Path, name: str) -> None:
        write(folder, {"fly.toml": CLEAN})
        before = set(os.listdir(folder))
        value = "x$(touch pwned)`touch pwned`\"; touch pwned #'; touch pwned #"
        job(folder, runner, **{name: value})
        assert set(os.listdir(folder)) - before <= {value}


# the job for GitLab


@pytest.mark.slow
def test_the_gitlab_job(folder: Path, runner: Path) -> None:
    (text,) = blocks("GitLab CI")
    job = yaml.safe_load(text)["flylint"]
    write(folder, {"apps/a/fly.toml": WARNING, "fly.toml": ERROR})
    path = f"{runner / 'flylint' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = environment(PATH=path, FLYLINT=str(ROOT), GITLAB_CI="true", CI="true")
    del env["PYTHONPATH"]
    script = [*(line for line in job["before_script"] if line.startswith("pip ")), *job["script"]]
    assert len(script) > len(job["script"])
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(script)], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert "  --> apps/a/fly.toml:4:1" in done.stdout  # the log can be read
    report = json.loads((folder / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert {(issue["check_name"], issue["location"]["path"]) for issue in report} == {
        ("unknown-key", "apps/a/fly.toml"),
        ("wrong-type", "fly.toml"),
    }
