"""What the pages of the rules about Machines do not show: every limit from both sides, and what must stay silent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flylint import engine, platform
from flylint.app import App
from flylint.document import Document
from flylint.edits import Delete, Insert, Replace
from flylint.project import Project
from flylint.rules import Finding, all_rules
from flylint.settings import Settings
from flylint.severity import Severity
from flylint.values import format_memory
from tests.conftest import write
from tests.linting import findings, lint, mended


def vm(*lines: str) -> str:
    return 'app = "shop"\n[[vm]]\n' + "\n".join(lines) + "\n"


def finding(text: str, rule: str) -> Finding:
    """The one finding of a rule, with its fix as structural edits."""
    (found,) = all_rules()[rule].check(App(Document(text)))
    assert isinstance(found, Finding)
    return found


def errors(text: str) -> list[str]:
    return [d.rule for d in lint(text) if d.severity == Severity.ERROR]


class TestSize:
    @pytest.mark.parametrize("size", [size for size in platform.VM_PRESETS if size not in platform.GPU_SIZES])
    def test_every_size_is_silent(self, size: str) -> None:
        assert errors(vm(f'size = "{size}"')) == []

    @pytest.mark.parametrize(
        ("size", "meant", "safe"),
        [
            ("Shared-CPU-1x", "shared-cpu-1x", True),
            ("shared-cpu-2", "shared-cpu-2x", True),
            ("shared_cpu_4x", "shared-cpu-4x", True),
            ("performance-cpu-2x", "performance-2x", True),
            (" performance-16x", "performance-16x", True),
            ("dedicated-cpu-1x", "performance-1x", True),
            ("shard-cpu-2x", "shared-cpu-2x", True),
            ("perfomance_8x", "performance-8x", True),
            ("shared-cpu-3x", "shared-cpu-4x", False),
            ("performance-11x", "performance-12x", False),
            ("micro-2x", "shared-cpu-1x", False),
        ],
    )
    def test_a_plain_meaning_is_offered(self, size: str, meant: str, safe: bool) -> None:
        mend = finding(vm(f'size = "{size}"'), "unknown-vm-size").fix
        assert mend is not None
        (edit,) = mend.edits
        assert isinstance(edit, Replace)
        assert (edit.value, mend.safe) == (meant, safe)

    @pytest.mark.parametrize("size", ["performance-32x", "shared-cpu-16x", "shared-cpu-0x", "huge", "a100", "shared"])
    def test_no_meaning_is_guessed(self, size: str) -> None:
        (found,) = findings(vm(f'size = "{size}"'), "unknown-vm-size")
        assert found.fix is None and found.key == "vm[0].size"

    def test_memory_goes_with_the_size(self) -> None:
        mend = finding(vm('size = "dedicated-cpu-2x"', 'memory = "1gb"'), "unknown-vm-size").fix
        assert mend is not None and mend.safe
        assert [edit.value for edit in mend.edits if isinstance(edit, Replace)] == ["performance-2x", "4gb"]

    def test_no_size_that_cannot_have_the_memory(self) -> None:
        assert finding(vm('size = "shared-1x"', 'memory = "4gb"'), "unknown-vm-size").fix is None

    def test_the_sizes_of_the_wanted_kind_are_named(self) -> None:
        assert "`performance-14x`" in str(findings(vm('size = "performance-13x"'), "unknown-vm-size")[0].help)
        assert "`shared-cpu-6x`" in str(findings(vm('size = "shared-cpu-5x"'), "unknown-vm-size")[0].help)

    def test_flyctl_never_looks_at_a_vm_that_no_group_uses(self) -> None:
        text = vm('size = "huge"', 'memory = "lots"', 'processes = ["gone"]')
        assert not findings(text, "unknown-vm-size") and not findings(text, "vm-memory-invalid")
        assert not findings(vm('size = "shared-cpu-1x"', "[[vm]]", 'size = "huge"'), "unknown-vm-size")

    def test_the_vm_of_each_group_counts(self) -> None:
        text = 'app = "a"\n[processes]\nweb = "w"\nworker = "k"\n' + (
            '[[vm]]\nsize = "huge"\nprocesses = ["web"]\n[[vm]]\nsize = "vast"\n'
        )
        assert [d.key for d in findings(text, "unknown-vm-size")] == ["vm[0].size", "vm[1].size"]

    @pytest.mark.parametrize("table", ["[vm]", "[compute]", "[[compute]]"])
    def test_old_forms(self, table: str) -> None:
        assert len(findings(f'app = "a"\n{table}\nsize = "huge"\n', "unknown-vm-size")) == 1

    def test_a_value_of_a_wrong_type_has_another_rule(self) -> None:
        assert not findings(vm("size = 1"), "unknown-vm-size")
        assert not findings(vm('cpus = "two"', "memory_mb = []"), "vm-memory-not-offered")


class TestMemory:
    @pytest.mark.parametrize(
        "memory", ['"lots"', '"1d"', '"[x]"', "true", '"1m30"', '"0"', "0", '"300kb"', "0.5", "[1]"]
    )
    def test_refused(self, memory: str) -> None:
        (found,) = findings(vm(f"memory = {memory}"), "vm-memory-invalid")
        assert found.severity == Severity.ERROR and found.key == "vm[0].memory"

    @pytest.mark.parametrize("memory", ['"1gb"', '"1.5gb"', '"1 GiB"', '"1024"', "1024", '"512M"', '""', '"1_024mb"'])
    def test_accepted(self, memory: str) -> None:
        assert errors(vm(f"memory = {memory}")) == []

    @pytest.mark.parametrize(
        ("memory", "mended"), [("256Mi", "256mb"), ("1 gi", "1gb"), ("2  GB", "2gb"), ("1gb ", "1gb")]
    )
    def test_another_spelling_is_mended(self, memory: str, mended: str) -> None:
        mend = finding(vm(f'memory = "{memory}"'), "vm-memory-invalid").fix
        assert mend is not None and mend.safe
        (edit,) = mend.edits
        assert isinstance(edit, Replace) and edit.value == mended

    @pytest.mark.parametrize("memory", ["lots", "1,5gb", "0", "10ki", pytest.param("9" * 5000 + "gb", id="huge")])
    def test_nothing_is_made_up(self, memory: str) -> None:
        assert finding(vm(f'memory = "{memory}"'), "vm-memory-invalid").fix is None

    @pytest.mark.parametrize(
        ("size", "least", "most", "step"),
        [
            ("shared-cpu-1x", 256, 2048, 256),
            ("shared-cpu-8x", 2048, 16384, 256),
            ("performance-1x", 2048, 8192, 1024),
            ("performance-16x", 32768, 131072, 1024),
        ],
    )
    def test_limits(self, size: str, least: int, most: int, step: int) -> None:
        for memory in (least, least + step, most):
            assert errors(vm(f'size = "{size}"', f"memory = {memory}")) == [], memory
        for memory, word in ((least - step, f"minimum is {least} MB"), (most + step, f"maximum is {most} MB")):
            if memory:
                (found,) = findings(vm(f'size = "{size}"', f"memory = {memory}"), "vm-memory-not-offered")
                assert word in found.message and found.key == "vm[0].memory"
        (found,) = findings(vm(f'size = "{size}"', f"memory = {least + 1}"), "vm-memory-not-offered")
        better = least + (2048 if step == 1024 else 256)
        assert f"multiple of {step} MB" in found.message and f"`{format_memory(better)}`" in str(found.help)

    def test_the_documented_step_of_performance_cpus(self) -> None:
        text = vm('size = "performance-1x"', 'memory = "3gb"')
        (found,) = findings(text, "vm-memory-not-offered")
        assert found.severity == Severity.WARNING and "multiple of 2048 MB" in found.message
        assert mended(text, "vm-memory-not-offered") == text
        assert mended(text, "vm-memory-not-offered", unsafe=True) == text.replace("3gb", "4gb")
        assert mended(text.replace("3gb", "2500mb"), "vm-memory-not-offered") == text.replace("3gb", "4gb")

    def test_the_key_that_counts_is_blamed(self) -> None:
        assert findings(vm("memory_mb = 100"), "vm-memory-not-offered")[0].key == "vm[0].memory_mb"
        assert findings(vm("cpus = 8"), "vm-memory-not-offered")[0].key == "vm[0].cpus"
        assert findings(vm('cpu_kind = "performance"'), "vm-memory-not-offered")[0].key == "vm[0].cpu_kind"

    def test_the_style_of_the_value_stays(self) -> None:
        for line, value in (("memory_mb = 300", 512), ("memory = 300", 512), ('memory = "300mb"', "512mb")):
            mend = finding(vm(line), "vm-memory-not-offered").fix
            assert mend is not None and mend.safe
            (edit,) = mend.edits
            assert isinstance(edit, Replace) and edit.value == value
        mend = finding(vm("cpus = 8"), "vm-memory-not-offered").fix
        assert mend is not None
        (inserted,) = mend.edits
        assert isinstance(inserted, Insert) and (inserted.key, inserted.value) == ("memory", "2gb")

    def test_a_size_that_has_enough_is_named_instead(self) -> None:
        mend = finding(vm('size = "performance-2x"', "cpus = 4"), "vm-memory-not-offered").fix
        assert mend is not None and mend.safe
        replaced, deleted = mend.edits
        assert isinstance(replaced, Replace) and replaced.value == "performance-4x"
        assert isinstance(deleted, Delete) and deleted.path == ("vm", 0, "cpus")

    def test_more_than_the_most_has_no_fix(self) -> None:
        assert finding(vm('memory = "4gb"'), "vm-memory-not-offered").fix is None

    def test_a_small_number_without_a_unit_was_meant_as_gigabytes(self) -> None:
        found = finding(vm('memory = "1"'), "vm-memory-not-offered")
        assert "counts MB" in " ".join(found.notes)
        assert found.fix is not None
        (edit,) = found.fix.edits
        assert isinstance(edit, Replace) and edit.value == "1gb"

    def test_too_much_has_no_fix(self) -> None:
        assert finding(vm("memory = 4096"), "vm-memory-not-offered").fix is None

    def test_the_machine_of_the_release_command_counts_too(self) -> None:
        text = 'app = "a"\n[deploy]\n{}[deploy.release_command_vm]\nsize = "shared-cpu-1x"\nmemory = "8gb"\n'
        (found,) = findings(text.format('release_command = "migrate"\n'), "vm-memory-not-offered")
        assert found.key == "deploy.release_command_vm.memory"
        assert not findings(text.format(""), "vm-memory-not-offered")

    def test_one_finding_for_one_cause(self) -> None:
        assert errors(vm('size = "huge"', 'memory = "100gb"')) == ["unknown-vm-size"]
        assert errors(vm("cpus = 3", "memory = 1")) == ["vm-cpus-not-offered"]
        assert errors(vm('cpu_kind = "dedicated"', "cpus = 3")) == ["unknown-cpu-kind"]
        assert errors(vm('size = "a10"', 'memory = "1gb"')) == ["gpu-not-available"]
        assert [d.rule for d in lint(vm('size = "performance-2x"', "cpus = 4")) if d.severity > Severity.INFO] == [
            "vm-memory-not-offered"
        ]


class TestCpus:
    @pytest.mark.parametrize("kind", ["shared", "performance"])
    def test_every_offered_number_is_silent(self, kind: str) -> None:
        for cpus in platform.CPU_COUNTS[kind]:
            memory = cpus * platform.MIN_MEMORY_PER_CPU[kind]
            assert errors(vm(f'cpu_kind = "{kind}"', f"cpus = {cpus}", f"memory = {memory}")) == []

    @pytest.mark.parametrize(("kind", "cpus"), [("shared", 3), ("shared", 16), ("performance", 3), ("shared", -1)])
    def test_others_are_refused(self, kind: str, cpus: int) -> None:
        (found,) = findings(vm(f'cpu_kind = "{kind}"', f"cpus = {cpus}", "memory = 4096"), "vm-cpus-not-offered")
        assert found.key == "vm[0].cpus"

    def test_zero_is_unset(self) -> None:
        assert errors(vm("cpus = 0", "memory_mb = 0", "gpus = 0", 'cpu_kind = ""')) == []

    def test_a_size_that_only_gets_another_kind(self) -> None:
        (found,) = findings(vm('size = "performance-10x"', 'cpu_kind = "shared"'), "vm-cpus-not-offered")
        assert found.key == "vm[0].cpu_kind"


class TestSizeOverridden:
    @pytest.mark.parametrize(
        "lines", [("cpus = 1",), ('cpu_kind = "shared"',), ("memory_mb = 512",), ('memory = "1gb"',)]
    )
    def test_keys_that_agree_with_the_size_are_silent(self, lines: tuple[str, ...]) -> None:
        assert not findings(vm('size = "shared-cpu-1x"', *lines), "vm-size-overridden")

    def test_what_fly_launch_writes_is_silent(self) -> None:
        text = vm('memory = "1gb"', 'cpu_kind = "shared"', "cpus = 1")
        assert [d for d in lint(text) if d.severity > Severity.INFO] == []

    def test_the_fix_keeps_the_machine(self) -> None:
        found = finding(vm('size = "performance-4x"', "cpus = 2"), "vm-size-overridden")
        assert found.fix is not None and not found.fix.safe
        replaced, deleted, inserted = found.fix.edits
        assert isinstance(replaced, Replace) and replaced.value == "performance-2x"
        assert isinstance(deleted, Delete) and deleted.path == ("vm", 0, "cpus")
        assert isinstance(inserted, Insert) and inserted.value == "8gb"

    def test_no_fix_without_such_a_size(self) -> None:
        assert finding(vm('size = "performance-16x"', "cpus = 32", "memory = 65536"), "vm-size-overridden").fix is None


def test_memory_written_twice() -> None:
    same = finding(vm('memory = "1gb"', "memory_mb = 1024"), "vm-memory-set-twice")
    assert same.severity == Severity.INFO and same.fix is not None and same.fix.safe
    other = finding(vm('memory = "1gb"', "memory_mb = 512"), "vm-memory-set-twice")
    assert other.severity is None and other.fix is not None and other.fix.safe
    (edit,) = other.fix.edits
    assert isinstance(edit, Delete) and edit.path == ("vm", 0, "memory")  # what runs stays the same
    assert "512 MB" in other.message
    assert not findings(vm('memory = "1gb"', "memory_mb = 0"), "vm-memory-set-twice")


def test_memory_left_to_default() -> None:
    assert "256 MB" in findings(vm('cpu_kind = "shared"'), "vm-memory-left-to-default")[0].message
    assert "4096 MB" in findings(vm('size = "performance-2x"'), "vm-memory-left-to-default")[0].message
    for line in ('memory = ""', "memory_mb = 0"):
        assert findings(vm(line), "vm-memory-left-to-default"), line
    for line in ('memory = "1gb"', "memory_mb = 512", 'memroy = "1gb"', "memory = []", 'size = "a10"'):
        assert not findings(vm(line), "vm-memory-left-to-default"), line
    assert not findings(vm("cpus = 1") + "[broken\n", "vm-memory-left-to-default")


@pytest.mark.parametrize("line", ['size = "l40s"', 'gpu_kind = "a10"', "gpus = 1"])
def test_gpus(line: str) -> None:
    (found,) = findings(vm(line), "gpu-not-available")
    assert found.key == "vm[0]." + line.split(" = ")[0]


def test_several_gpu_keys_are_one_finding() -> None:
    (found,) = findings(vm('size = "l40s"', 'gpu_kind = "l40s"', "gpus = 1"), "gpu-not-available")
    assert [label.key for label in found.related] == ["vm[0].gpu_kind", "vm[0].gpus"]


class TestOverriddenSection:
    GROUPS = 'app = "a"\n[processes]\napp = "a"\nweb = "w"\nworker = "k"\n'

    def test_a_general_vm_beside_one_for_a_group_is_fine(self) -> None:
        text = self.GROUPS + '[[vm]]\nmemory = "1gb"\n[[vm]]\nmemory = "2gb"\nprocesses = ["web"]\n'
        assert not findings(text, "overridden-section")

    def test_the_last_vm_of_a_group_wins(self) -> None:
        text = (
            self.GROUPS
            + '[[vm]]\nmemory = 256\nprocesses = ["web", "worker"]\n[[vm]]\nmemory = 512\nprocesses = ["web"]\n'
        )
        (found,) = findings(text, "overridden-section")
        assert found.key == "vm[0]" and "in group `web`" in found.message and found.related[0].key == "vm[1]"

    def test_the_first_general_vm_wins(self) -> None:
        (found,) = findings(vm("memory = 256", "[[vm]]", "memory = 512", "processes = []"), "overridden-section")
        assert found.key == "vm[1]"

    def test_the_last_restart_wins(self) -> None:
        text = self.GROUPS + '[[restart]]\npolicy = "always"\n[[restart]]\npolicy = "never"\nprocesses = ["app"]\n'
        (found,) = findings(text, "overridden-section")
        assert found.key == "restart[0]" and found.related[0].key == "restart[1]"

    def test_a_restart_of_the_default_group_beside_another(self) -> None:
        text = self.GROUPS + '[[restart]]\npolicy = "always"\n[[restart]]\npolicy = "never"\nprocesses = ["web"]\n'
        assert not findings(text, "overridden-section")

    def test_the_first_metrics_win(self) -> None:
        text = 'app = "a"\n[[metrics]]\nport = 1\npath = "/a"\n[[metrics]]\nport = 2\npath = "/b"\n'
        (found,) = findings(text, "overridden-section")
        assert found.key == "metrics[1]" and "`[[metrics]]`" in found.message


class TestSwap:
    @pytest.mark.parametrize("swap", [0, 1, 512, 2560])
    def test_silent(self, swap: int) -> None:
        assert not findings(f"swap_size_mb = {swap}\n" + vm("memory = 256"), "swap-size-out-of-range")

    def test_ten_times_the_memory_is_too_much(self) -> None:
        (found,) = findings("swap_size_mb = 2561\n" + vm("memory = 256"), "swap-size-out-of-range")
        assert found.severity == Severity.WARNING and "256 MB of memory" in found.message

    def test_the_largest_machine_counts(self) -> None:
        text = (
            'swap_size_mb = 4096\napp = "a"\n[processes]\na = "a"\nb = "b"\n[[vm]]\nmemory = 256\nprocesses = ["a"]\n'
        )
        assert not findings(text + '[[vm]]\nmemory = 1024\nprocesses = ["b"]\n', "swap-size-out-of-range")

    @pytest.mark.parametrize(("swap", "found"), [(65536, 0), (65537, 1)])
    def test_without_a_vm_only_the_absurd_is_too_much(self, swap: int, found: int) -> None:
        assert len(findings(f'app = "a"\nswap_size_mb = {swap}\n', "swap-size-out-of-range")) == found


class TestHostDedication:
    def test_without_a_volume_it_is_fine(self) -> None:
        assert not findings('app = "a"\nhost_dedication_id = "x"\n', "host-dedication-with-volume")

    def test_a_vm_only_concerns_the_mounts_of_its_groups(self) -> None:
        text = 'app = "a"\n[processes]\nweb = "w"\nworker = "k"\n' + (
            '[[mounts]]\nsource = "d"\ndestination = "/d"\nprocesses = ["worker"]\n'
            '[[vm]]\nmemory = 256\nhost_dedication_id = "x"\nprocesses = ["{}"]\n'
        )
        assert not findings(text.format("web"), "host-dedication-with-volume")
        (found,) = findings(text.format("worker"), "host-dedication-with-volume")
        assert found.key == "vm[0].host_dedication_id"


class TestMachineConfig:
    @staticmethod
    def config(value: object, *more: str) -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        return "\n".join(('app = "a"', f"machine_config = '{text}'", *more)) + "\n"

    @pytest.mark.parametrize(
        "value",
        [
            {},
            {"containers": None},
            {"containers": []},
            {"containers": [{"name": "x"}]},
            {"containers": [{"name": "x", "image": "i"}, {"name": "app"}]},
            {"Containers": [{"Name": "x"}, {"NAME": "y", "Image": "i"}]},
            "deploy/machine.json",
            "",
        ],
    )
    def test_accepted(self, value: object) -> None:
        assert not findings(self.config(value), "machine-config-invalid")

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("foo", "neither JSON"),
            (" {}", "neither JSON"),
            ('{"containers": ', "line 1, column"),
            ('{"cpus": NaN}', "broken"),
            ({"containers": {}}, "must be a list"),
            ({"containers": [None]}, "is null"),
            ({"containers": ["x"]}, "must be an object"),
            ({"containers": [{"name": 1}]}, "must be text"),
            ({"init": {"cmd": "npm start"}}, "`init.cmd` must be a list"),
            ({"containers": [{"name": "x"}, {"name": "y"}]}, "container `y`"),
            ({"containers": [{"name": "x"}, {"name": "app"}]}, "container `x`"),
        ],
    )
    def test_refused(self, value: object, words: str) -> None:
        (found,) = findings(self.config(value), "machine-config-invalid")
        assert found.key == "machine_config" and words in found.message

    def test_the_chosen_container_gets_the_image_of_the_app(self) -> None:
        value = {"containers": [{"name": "x"}, {"name": "app", "image": "i"}]}
        assert not findings(self.config(value, 'container = "x"'), "machine-config-invalid")
        (found,) = findings(self.config(value, 'container = "z"'), "machine-config-invalid")
        assert found.key == "container" and "`x` or `app`" in str(found.help)

    def test_the_experimental_one_wins(self) -> None:
        text = self.config({}, "[experimental]", 'machine_config = "foo"')
        assert [d.key for d in findings(text, "machine-config-invalid")] == ["experimental.machine_config"]
        assert not findings(self.config("foo", "[experimental]", "machine_config = '{}'"), "machine-config-invalid")

    def test_with_a_compose_file_nobody_looks_at_it(self) -> None:
        assert not findings(self.config("foo", "[build.compose]", 'file = "c.yml"'), "machine-config-invalid")

    def test_deep_nesting_is_no_crash(self) -> None:
        (found,) = findings(self.config("{" + '"a":[' * 20_000), "machine-config-invalid")
        assert "broken" in found.message

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (None, "`machine.json` does not exist"),
            ("{oops", "`machine.json` is broken in line 1, column 2"),
            ("[1]", "`machine.json` is not an object"),
            ('{"containers": [{"name": "x"}, {"name": "y"}]}', "container `y` in `machine.json`"),
            ('{"containers": [{"name": "x"}, {"name": "app", "image": "i"}]}', "container `x`"),
            ('{"containers": [{"name": "x"}, {"name": "y", "image": "i"}]}', None),
            ("null", None),
            ("{}", None),
        ],
    )
    def test_a_file_is_read_where_there_is_a_project(self, content: str | None, words: str | None) -> None:
        files = {"server.js": "", **({"machine.json": content} if content else {})}
        found = [d for d in lint(self.config("machine.json"), files=files) if d.rule == "machine-config-invalid"]
        assert [d.severity for d in found] == [Severity.ERROR] * bool(words)
        assert not words or words in found[0].message

    def test_the_containers_of_a_file_are_known(self) -> None:
        text, files = self.config("m.json", 'container = "z"'), {"m.json": '{"containers": [{"name": "x"}]}'}
        (found,) = [d for d in lint(text, files=files) if d.rule == "machine-config-invalid"]
        assert found.key == "container" and "`m.json` has no container `z`" in found.message

    def test_a_folder_is_no_file(self) -> None:
        diagnostics = lint(self.config("m.json"), files={"m.json/a": "", "server.js": ""})
        (found,) = [d for d in diagnostics if d.rule == "machine-config-invalid"]
        assert "is a folder" in found.message

    def test_in_a_part_of_a_repository_the_deploy_may_run_further_up(self, tmp_path: Path) -> None:
        write(tmp_path, {".git/HEAD": "", "api/server.js": "", "api/m.json": "{oops"})
        for name, expected in (("other.json", [Severity.INFO]), ("api/m.json", [Severity.ERROR])):
            document = Document(self.config(name), str(tmp_path / "api" / "fly.toml"))
            result = engine.check(document, Settings(), project=Project(str(tmp_path / "api")))
            assert [d.severity for d in result.diagnostics if d.rule == "machine-config-invalid"] == expected


@pytest.mark.parametrize(
    ("rest", "keys"),
    [
        ('[env]\nNODE_OPTIONS = "--max-old-space-size=2048"\n[[vm]]\n', ["env.NODE_OPTIONS"]),
        ('[env]\nNODE_OPTIONS = "--max_old_space_size 2048"\n[[vm]]\nmemory = "1gb"\n', ["env.NODE_OPTIONS"]),
        ('[env]\nJAVA_TOOL_OPTIONS = "-Xms64m -Xmx1g"\n[[vm]]\nmemory = "512mb"\n', ["env.JAVA_TOOL_OPTIONS"]),
        ('[env]\nJAVA_OPTS = "-Xmx1g -Xmx256m"\n[[vm]]\nmemory = "512mb"\n', []),
        ('[env]\nJAVA_OPTS = "-Xmx512m"\n[[vm]]\nmemory = "512mb"\n', []),
        ('[env]\nJAVA_OPTS = "-Xmx1073741824"\n[[vm]]\nmemory = "512mb"\n', ["env.JAVA_OPTS"]),
        ('[env]\nJAVA_OPTS = "-Xmx4g"\n', []),  # nobody knows how much memory there is
        ('[env]\nJAVA_OPTS = "-Xmx1g"\n[[vm]]\nsize = "gone"\n', []),
        ('[env]\nNOTE = "-Xmx1g"\n[[vm]]\n', []),
        ('swap_size_mb = 1024\n[env]\nJAVA_OPTS = "-Xmx1g"\n[[vm]]\n', []),
        ('[processes]\napp = "node --max-old-space-size=512 a.js"\n[[vm]]\n', ["processes.app"]),
        (
            '[processes]\napp = "node --max-old-space-size=512 a.js"\nb = "java -Xmx512m"\n[env]\nJAVA_OPTS = "-Xmx700m"\n'
            '[[vm]]\nmemory = "1gb"\nprocesses = ["app"]\n[[vm]]\nprocesses = ["b"]\n',
            ["processes.b"],
        ),
    ],
)
def test_the_heap_fits_into_the_memory(rest: str, keys: list[str]) -> None:
    found = findings(f'app = "a"\n{rest}', "heap-larger-than-memory")
    assert [d.key for d in found] == keys
    assert all("MB of memory" in d.message and "MB" in str(d.help) for d in found)


def test_a_size_of_any_length() -> None:
    assert findings(f'app = "a"\n[[vm]]\nsize = "shared-cpu-{"9" * 5000}x"\n', "unknown-vm-size")
