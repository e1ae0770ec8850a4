"""The JSON of `machine_config`, against what flyctl's own decoder said about the same texts."""

from __future__ import annotations

import json

import jsonschema
import pytest

from flylint import schema
from flylint.machine_config import decode, misfit


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.load("machine-config.schema.json"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"containers": [{"name": "app", "env": {"PORT": 8080}}]}', "`containers[0].env.PORT` must be text, not 8080"),
        ('{"init": {"cmd": "npm start"}}', "`init.cmd` must be a list, not text"),
        ('{"containers": [{"name": "app", "cmd": "x"}]}', "`containers[0].cmd` must be a list, not text"),
        ('{"containers": [{"depends_on": ["db"]}]}', "`containers[0].depends_on[0]` must be an object, not text"),
        (
            '{"containers": [{"healthchecks": [{"interval": "10s"}]}]}',
            "`containers[0].healthchecks[0].interval` must be a whole number, not text",
        ),
        ('{"restart": "always"}', "`restart` must be an object, not text"),
        ('{"guest": {"memory_mb": "512"}}', "`guest.memory_mb` must be a whole number, not text"),
        ('{"guest": {"memory_mb": 512.0}}', "`guest.memory_mb` must be a whole number, not 512.0"),
        ('{"services": [{"ports": [{"port": "80"}]}]}', "`services[0].ports[0].port` must be a whole number, not text"),
        (
            '{"services": [{"autostop": "on"}]}',
            '`services[0].autostop` must be one of true, false, "off", "stop", "suspend", not text',
        ),
        ('{"checks": {"a": {"interval": "5"}}}', '`checks.a.interval` must be a duration such as "5s", not text'),
        ('{"checks": {"a": {"interval": true}}}', '`checks.a.interval` must be a duration such as "5s", not true'),
        ('{"files": [{"mode": -1}]}', "`files[0].mode` must be a whole number that fits, not -1"),
        ('{"ENV": {"A": true}}', "`ENV.A` must be text, not true"),
        ('{"mounts": [{"path": ["/d"]}]}', "`mounts[0].path` must be text, not a list"),
    ],
)
def test_a_value_of_another_type(text: str, said: str) -> None:
    assert misfit(decode(text)) == said


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"containers": null, "env": {"A": null}}',
        '{"checks": {"a": {"port": 80, "interval": "5s", "timeout": 1000000000, "grace_period": 1.5}}}',
        '{"services": [{"autostop": true}, {"autostop": "suspend"}]}',
        '{"guest": {"persist_rootfs": 3}, "spot": {"max_price_fraction": 1}}',
        '{"what": {"is": ["this"]}}',
    ],
)
def test_what_flyctl_reads(text: str) -> None:
    assert misfit(decode(text)) is None


@pytest.mark.parametrize("text", ["", "{oops", '{"a": NaN}', "[" * 100_000, json.dumps({"a": 1})[:-1], "9" * 5000])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is broken"):
        decode(text)
