"""The script that holds the schema against flyctl's structs notices every kind of difference."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from flylint.schema import Node

SCRIPT = Path(__file__).parent.parent / "scripts" / "compare_with_flyctl.py"

FLYCTL = """
package appconfig

type RestartPolicy string

type Config struct {
	AppName string `toml:"app,omitempty" json:"app,omitempty"`
	Restart []Restart `toml:"restart,omitempty" json:"restart,omitempty"`
	Env map[string]string `json:"env,omitempty"`
	Compute []*Compute `json:"vm,omitempty"`
	MergedFiles []string `toml:"-" json:"-"`
	configFilePath string
}

type Restart struct {
	Policy RestartPolicy `json:"policy,omitempty"`
}

type Compute struct {
	Size string `json:"size,omitempty"`
	*fly.MachineGuest `toml:",inline" json:",inline"`
}
"""
FLY_GO = """
package fly

type MachineGuest struct {
	CPUs int `json:"cpus,omitempty"` // number
}
"""
SCHEMA = {
    "properties": {
        "app": {"type": "string"},
        "restart": {
            "type": "array",
            "items": {"type": "object", "properties": {"policy": {"type": "string"}}},
        },
        "env": {"type": "object", "additionalProperties": {"x-read": "text"}, "x-read": "env"},
        "vm": {
            "x-read": "tables",
            "items": {
                "type": "object",
                "properties": {"size": {"type": "string"}, "cpus": {"type": "integer"}},
            },
        },
    },
    "type": "object",
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare_with_flyctl", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def differences(script: ModuleType, folder: Path, flyctl: str = FLYCTL, fly_go: str = FLY_GO) -> list[str]:
    (folder / "flyctl" / "internal" / "appconfig").mkdir(parents=True)
    (folder / "flyctl" / "internal" / "appconfig" / "config.go").write_text(flyctl)
    (folder / "fly-go").mkdir()
    (folder / "fly-go" / "types.go").write_text(fly_go)
    structs = script.Structs(folder / "flyctl", folder / "fly-go")
    found: list[str] = script.compare(structs, "Config", Node(SCHEMA, ""), "")
    return found


def test_silent_when_up_to_date(script: ModuleType, tmp_path: Path) -> None:
    assert differences(script, tmp_path) == []


def test_key_that_the_schema_lacks(script: ModuleType, tmp_path: Path) -> None:
    fly_go = FLY_GO.replace("}", '\tMemoryMB int `json:"memory_mb"`\n}')
    assert differences(script, tmp_path, fly_go=fly_go) == ["lacks  vm[].memory_mb (int)"]


def test_key_that_flyctl_lacks(script: ModuleType, tmp_path: Path) -> None:
    flyctl = FLYCTL.replace('\tAppName string `toml:"app,omitempty" json:"app,omitempty"`\n', "")
    assert differences(script, tmp_path, flyctl=flyctl) == ["extra  app"]


def test_other_type(script: ModuleType, tmp_path: Path) -> None:
    flyctl = FLYCTL.replace("RestartPolicy `", "int `")
    assert differences(script, tmp_path, flyctl=flyctl) == [
        "type   restart[].policy: flyctl has int, the schema string"
    ]
