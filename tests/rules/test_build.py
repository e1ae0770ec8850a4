"""Rules about [build]."""

from __future__ import annotations

import pytest

from flylint.severity import Severity
from tests.linting import findings, lint, mended

BUILD = 'app = "example"\n\n[build]\n'
RULES = (
    "ignored-build-key", "buildpacks-without-builder", "unknown-builtin", "compression-invalid", "builder-sunset",
    "build-path-absolute", "dockerfile-url-invalid", "image-not-pinned",
)  # fmt: skip


def said(build: str) -> list[tuple[str, str, str]]:
    """Rule, severity and key of everything that is said about a [build] table."""
    return [(d.rule, str(d.severity), d.key) for d in lint(BUILD + build) if d.rule in RULES]


@pytest.mark.parametrize(
    "build",
    [
        "",
        'dockerfile = "Dockerfile"\nbuild-target = "prod"\nignorefile = ".dockerignore"\n[build.args]\nA = "1"',
        'dockerfile = "../Dockerfile"',
        'dockerfile = "HTTPS://example.com/Dockerfile"',
        'dockerfile = "https://token@example.com:8080/Dockerfile?a=b"',
        'dockerfile = "c:dockerfile"',
        'builder = "paketobuildpacks/builder-jammy-base"\nbuildpacks = ["a"]\n[build.args]\nA = "1"',
        'builder = "heroku/builder:24"',
        'builtin = "static"\n[build.settings]\nlog = true',
        'image = "nginx:1.27"',
        'image = "nginx@sha256:abc"',
        'image = "registry.example.com:5000/app:v1"',
        'image = "nginx:1"\ndockerfile = ""\nbuildpacks = []',
        'compression = "zstd"\ncompression_level = 0',
        'compression = "gzip"\ncompression_level = 9',
        'compression = ""',
        "buildpacks = []",
    ],
)
def test_what_is_fine(build: str) -> None:
    assert said(build) == []


@pytest.mark.parametrize(
    ("build", "key", "others"),
    [
        ('image = "a:1"\ndockerfile = "D"', "build.dockerfile", []),
        ('dockerfile = "D"\nimage = "a:1"\nbuild-target = "x"', "build.dockerfile", ["build.build-target"]),
        ('image = "a:1"\nbuild_target = "x"', "build.build_target", []),
        ('image = "a:1"\n[build.args]\nA = "1"', "build.args", []),
        ('image = "a:1"\nignorefile = "i"\ncompression_level = 0', "build.ignorefile", ["build.compression_level"]),
        ('image = "a:1"\nbuildpacks = ["x"]', "build.buildpacks", []),
        ('builder = "b"\ndockerfile = "D"', "build.dockerfile", []),
        ('builder = "b"\nbuiltin = "node"\n[build.settings]\na = 1', "build.builtin", ["build.settings"]),
        ('dockerfile = "D"\nbuiltin = "nonsense"', "build.builtin", []),
    ],
)
def test_keys_that_another_one_overrides(build: str, key: str, others: list[str]) -> None:
    (found,) = (d for d in lint(BUILD + build) if d.rule in RULES)
    assert (found.rule, found.key, found.severity) == ("ignored-build-key", key, Severity.WARNING)
    assert [label.key for label in found.related][1:] == others


def test_settings_without_builtin_is_advice() -> None:
    assert said('dockerfile = "D"\n[build.settings]\na = 1') == [("ignored-build-key", "info", "build.settings")]
    assert said("[build.settings]\na = 1") == [("ignored-build-key", "info", "build.settings")]
    assert "ignored-build-key" not in {rule for rule, *_ in said('buildin = "node"\n[build.settings]\na = 1')}


def test_buildpacks_without_builder_beside_a_dockerfile_are_one_mistake() -> None:
    assert said('buildpacks = ["x"]\ndockerfile = "D"') == [("buildpacks-without-builder", "error", "build.buildpacks")]
    assert said('buildpacks = ["x"]\nbuilder = ""') == [("buildpacks-without-builder", "error", "build.buildpacks")]
    assert said('buildpacks = ["x"]\nbuildr = "b"') == []  # a misspelt builder


@pytest.mark.parametrize(("name", "right"), [("nodejs", "node"), ("Node", "node"), ("pyton", "python"), ("php", None)])
def test_unknown_builtins(name: str, right: str | None) -> None:
    (found,) = findings(f'{BUILD}builtin = "{name}"', "unknown-builtin")
    assert found.label == (f"did you mean `{right}`?" if right else "not a builtin")


@pytest.mark.parametrize(
    ("build", "key"),
    [
        ('compression = "brotli"', "build.compression"),
        ('compression = "ZSTD"', "build.compression"),
        ('compression = " gzip"', "build.compression"),
        ("compression_level = 10", "build.compression_level"),
        ("compression_level = -1", "build.compression_level"),
        ('image = "a:1"\ncompression_level = 10', "build.compression_level"),
    ],
)
def test_compression_that_flyctl_refuses(build: str, key: str) -> None:
    found = findings(BUILD + build, "compression-invalid")
    assert [(d.key, d.severity) for d in found] == [(key, Severity.ERROR)]


@pytest.mark.parametrize(
    ("builder", "severity"),
    [
        ("heroku/buildpacks:20", "warning"),
        ("heroku/buildpacks:18", "warning"),
        ("heroku/buildpacks", "warning"),
        ("heroku/builder-classic:22", "warning"),
        ("docker.io/heroku/builder:20", "warning"),
        ("heroku/builder:22", "info"),
        ("paketobuildpacks/builder:base", "warning"),
        ("gcr.io/paketo-buildpacks/builder:full", "warning"),
    ],
)
def test_builders_that_are_gone(builder: str, severity: str) -> None:
    assert said(f'builder = "{builder}"') == [("builder-sunset", severity, "build.builder")]


def test_builders_that_are_kept_up() -> None:
    for builder in (
        "heroku/builder:26",
        "heroku/builder",
        "paketobuildpacks/builder-jammy-full",
        "example.com/heroku/buildpacks:20",
    ):
        assert said(f'builder = "{builder}"') == []


@pytest.mark.parametrize(
    ("build", "key"),
    [
        ('dockerfile = "/Dockerfile"', "build.dockerfile"),
        ('ignorefile = "/path/.dockerignore"', "build.ignorefile"),
        ("dockerfile = 'C:\\app\\Dockerfile'", "build.dockerfile"),
        ('dockerfile = "/"', "build.dockerfile"),
    ],
)
def test_absolute_paths(build: str, key: str) -> None:
    assert said(build) == [("build-path-absolute", "error", key)]


@pytest.mark.parametrize(
    ("value", "severity"),
    [
        ("http://example.com/Dockerfile", "warning"),
        ("https:/example.com/Dockerfile", "error"),
        ("https://", "error"),
        (" https://example.com/Dockerfile", "error"),
        ("git://example.com/Dockerfile", "error"),
        ("file:///srv/Dockerfile", "error"),
    ],
)
def test_urls_of_dockerfiles(value: str, severity: str) -> None:
    assert said(f'dockerfile = "{value}"') == [("dockerfile-url-invalid", severity, "build.dockerfile")]


def test_a_password_in_a_url_is_not_shown() -> None:
    (found,) = findings(
        f'{BUILD}dockerfile = "git://user:hunter2pass@example.com/Dockerfile"', "dockerfile-url-invalid"
    )
    assert "hunter2pass" not in found.message + (found.help or "") + found.label


@pytest.mark.parametrize("image", ["nginx", "nginx:latest", "registry.example.com:5000/app", "ghcr.io/a/b:latest"])
def test_images_without_version(image: str) -> None:
    assert said(f'image = "{image}"') == [("image-not-pinned", "info", "build.image")]


@pytest.mark.parametrize(
    "build", ["build = 1", "build = []", "[build]\nimage = 1\nargs = 2\nbuildpacks = 3\nbuilder = []"]
)
def test_no_form_of_build_breaks_a_rule(build: str) -> None:
    lint('app = "a"\n' + build)  # fails when a rule crashes


def test_compression_is_mended() -> None:
    assert mended(BUILD + 'compression = "ZSTD"\n', "compression-invalid") == BUILD + 'compression = "zstd"\n'
    other = BUILD + 'compression = "brotli"\n'
    assert mended(other, "compression-invalid") == other
    assert mended(other, "compression-invalid", unsafe=True) == BUILD[:-1] + "\n"


def test_invented_keys_about_the_build_are_mended() -> None:
    text = BUILD + 'context = "./api"\ntarget = "prod"\nfile = "Dockerfile.prod"\n'
    assert mended(text, "unknown-key") == BUILD + 'build-target = "prod"\ndockerfile = "Dockerfile.prod"\n'
