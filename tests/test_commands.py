"""What a command says: words, shells, and shell language that no shell reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flylint.commands import find_script, lost_words, shellisms, spoken, spoken_words
from flylint.values import mark_words, split_words


@pytest.mark.parametrize("command", ["a 'b c' d", r"a\ b 'c'\''d'", '"a \\" b" # c', "''", "", "a#b", "it's 'x"])
def test_marks_and_words_belong_together(command: str) -> None:
    try:
        words = split_words(command)
    except ValueError:
        with pytest.raises(ValueError):
            mark_words(command)
        return
    marked = mark_words(command)
    assert [word for word, _ in marked] == words
    assert all(len(word) == len(marks) for word, marks in marked)


@given(st.text(st.characters(codec="ascii", exclude_characters="\"'\\#"), max_size=20))
def test_plain_commands_have_the_words_that_any_command_has(command: str) -> None:
    assert mark_words(command) == mark_words(f"{command} # a comment")


def test_marks_tell_how_a_character_was_written() -> None:
    assert mark_words("""a'b'"c"\\d""") == [("abcd", """.'"'""")]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("migrate && seed", ["&&"]),
        ("migrate || true", ["||"]),
        ("migrate; seed", [";"]),
        ("migrate ; seed", [";"]),
        ("ps | grep x", ["|"]),
        ("serve &", ["&"]),
        ("serve > /tmp/log", [">"]),
        ("serve >>/tmp/log 2>&1", [">>/tmp/log", "2>&1"]),
        ("load < dump.sql", ["<"]),
        ("serve --port $PORT", ["$PORT"]),
        ("serve --port=${PORT}", ["${PORT}"]),
        ("serve --port=${PORT:-8080}", ["${PORT…}"]),
        ("serve $(nproc)", ["$(…)"]),
        ("serve `nproc`", ["$(…)"]),
        ("NODE_ENV=production node x.js", ["NODE_ENV=…"]),
        ("cd /app && serve", ["cd", "&&"]),
        ("exec serve", ["exec"]),
        ("a && b && c", ["&&"]),
        ("sh start.sh && serve", ["&&"]),
        ("cd /app && sh -c 'serve'", ["cd", "&&"]),
        ("npm run migrate&&npm run seed", ["&&"]),
        ("migrate ||true", ["||"]),
        ("cat x|psql", ["|"]),
        ("node a.js|tee /log", ["|"]),
        ("serve |& tee /log", ["|&"]),
        ("serve>>/tmp/log", [">>"]),
        ("serve 2>/dev/null>/tmp/log", ["2>/dev/null>/tmp/log"]),
        ("node a.js>/tmp/log", [">"]),
        ("serve&", ["&"]),
        ("serve &> /dev/null", ["&>"]),
        ("serve &>/dev/null", ["&>/dev/null"]),
        ("diff a <(b)", ["<(b)"]),
        ("cat <<< x", ["<<<"]),
        ("~/bin/serve", ["~"]),
        ("[[ -f x ]] && serve", ["[[", "&&"]),
        ("while true; do work; done", ["while", ";"]),
        ("fetch https://example.com/a&&serve", ["&&"]),
    ],
)
def test_shell_language_outside_quotes(command: str, found: list[str]) -> None:
    pieces = shellisms(command)
    assert [piece.text for piece in pieces] == found
    assert all(piece.sure for piece in pieces)


@pytest.mark.parametrize(
    "command",
    [
        'serve --port "$PORT"', 'run "$(cat x)"', "rm -rf /tmp/cache/*", "cat *.sql", "psql -f a.sql<b",
        "psql app<dump.sql", "serve>log", "migrate;serve", "run ~/config", "test -k a|b",
    ],
)  # fmt: skip
def test_what_may_be_meant_as_it_stands_is_not_sure(command: str) -> None:
    assert [piece.sure for piece in shellisms(command)] == [False]


@pytest.mark.parametrize(
    "command",
    [
        "bin/rails db:migrate",
        'node -e "a && b"',
        "psql -c 'select 1; select 2'",
        "echo '$PORT'",
        r"echo \$PORT",
        r"find . -name x -exec rm {} \;",
        'mongo --eval "db.a.update({$set: 1})"',
        "sh -c 'cd /app && serve --port $PORT'",
        'bash -lc "serve $PORT | tee log"',
        "/bin/sh -c 'a; b'",
        "/usr/bin/env bash -c 'a && b'",
        "bash -o pipefail -c 'a | b'",
        'tini -- sh -c "serve $PORT"',
        "uvicorn app:app --forwarded-allow-ips=* --proxy-headers",
        "uvicorn app:app --forwarded-allow-ips *",
        "pip install 'django>=4' flask>=2",
        "fetch http://localhost/x?a=1&b=2",
        "env NODE_ENV=production node x.js",
        "serve --set A=b",
        "celery -A app worker -Q a,b # && not read",
        "sh -c 'a' && b",  # unquoted-shell-script
        "fetch http://localhost/x?a=1&&b=2&",
        "test --pattern=(a|b)",
        "test --name R&D",
        "serve --urls http://a:80;http://b:80",
        "connect --to Server=x;Database=y",
        "pip install django<5 numpy>1 a~=2",
        "run --label a->b",
        "run --home=~/x",
        "",
        "echo 'unclosed && x",
    ],
)
def test_silent_about_what_needs_no_shell(command: str) -> None:
    assert shellisms(command) == []


def test_shells_can_be_chosen() -> None:
    assert shellisms('fish -c "a $PORT"', ["fish"]) == []
    assert [piece.text for piece in shellisms('fish -c "a $PORT"')] == ["$PORT"]


@pytest.mark.parametrize(
    ("command", "index"),
    [("sh -c x", 2), ("bash -ec x", 2), ("bash -e -c x", 3), ("env bash -o pipefail -c x", 5), ("sh -c", 2)],
)
def test_script_is_found(command: str, index: int) -> None:
    script = find_script(command.split())
    assert script is not None
    assert script.index == index


@pytest.mark.parametrize(
    "command", ["sh start.sh -c", "bash", "bash --color x", "shell -c x", "gunicorn -c x", "sh -e x"]
)
def test_no_script(command: str) -> None:
    assert find_script(command.split()) is None


@pytest.mark.parametrize(
    ("command", "lost"),
    [
        ("sh -c npm run start", (["sh", "-c"], ["npm", "run", "start"])),
        ("sh -c 'a && b' && c", (["sh", "-c"], ["a && b", "&&", "c"])),
        ("sh -c start", None),
        ("sh -c 'npm run start'", None),
        ("sh -c", None),
        ("""sh -c 'exec "$@"' sh serve""", None),
        ("sh -c 'exec ${1}' sh serve", None),
        ("sh -c 'serve' sh web", None),
        ("bash -c 'run all' _ web", None),
        ("sh -c exec sh run.sh", (["sh", "-c"], ["exec", "sh", "run.sh"])),
        ("npm run start", None),
    ],
)
def test_words_that_a_shell_does_not_get(command: str, lost: tuple[list[str], list[str]] | None) -> None:
    assert lost_words(command) == lost


@pytest.mark.parametrize(
    ("command", "phrase"),
    [
        ("npm run build", "npm run build"),
        ("sh -c 'npm run build && npm run migrate'", "npm run build"),
        ("sh -c 'npm run build; npm run migrate'", "npm run build"),
        ("/usr/bin/npm run build", "npm run build"),
        ("npm run build:db", None),
        ("npm run", None),
        ("sh -c 'x", None),
    ],
)
def test_phrases(command: str, phrase: str | None) -> None:
    assert spoken(spoken_words(command), ["yarn build", "npm run build"]) == phrase
