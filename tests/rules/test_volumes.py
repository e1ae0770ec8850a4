"""What the pages of the rules about volumes do not show."""

from __future__ import annotations

import pytest

from flylint.app import App
from flylint.document import Document
from flylint.edits import Replace
from flylint.rules import Finding, all_rules
from flylint.severity import Severity
from tests.linting import findings, lint

GROUPS = 'app = "a"\n[processes]\nweb = "w"\nworker = "k"\n'


def mount(*lines: str, source: str = "data", destination: str = "/data") -> str:
    return "\n".join(("[[mounts]]", f'source = "{source}"', f'destination = "{destination}"', *lines)) + "\n"


def app(*parts: str) -> str:
    return 'app = "a"\n' + "".join(parts)


def replacement(text: str, rule: str) -> tuple[object, bool] | None:
    """The value that the fix of the one finding writes, and whether it is safe."""
    known = all_rules()[rule]
    (found,) = known.check(App(Document(text)), known.options) if known.options else known.check(App(Document(text)))
    assert isinstance(found, Finding)
    if found.fix is None:
        return None
    (edit,) = found.fix.edits
    assert isinstance(edit, Replace)
    return edit.value, found.fix.safe


def test_an_ordinary_mount_is_silent() -> None:
    for text in (mount('initial_size = "10gb"', "snapshot_retention = 14"), "[mounts]\nsource='d'\ndestination='/d'\n"):
        assert [d for d in lint(app(text)) if d.severity > Severity.INFO] == []


class TestIncomplete:
    @pytest.mark.parametrize(
        ("lines", "key", "severity"),
        [
            ("", "mounts[0]", Severity.ERROR),
            ('source = "d"', "mounts[0]", Severity.ERROR),
            ('source = "d"\ndestination = ""', "mounts[0].destination", Severity.ERROR),
            ('destination = "/d"', "mounts[0]", Severity.WARNING),
            ('source = ""\ndestination = "/d"', "mounts[0].source", Severity.WARNING),
        ],
    )
    def test_one_finding(self, lines: str, key: str, severity: Severity) -> None:
        (found,) = findings(app(f"[[mounts]]\n{lines}\n"), "mount-incomplete")
        assert (found.key, found.severity) == (key, severity)

    @pytest.mark.parametrize("line", ['sorce = "d"', "source = 1", 'processes = ["gone"]'])
    def test_one_finding_for_one_cause(self, line: str) -> None:
        assert not findings(app(f'[[mounts]]\ndestination = "/d"\n{line}\n'), "mount-incomplete")


class TestDestination:
    @pytest.mark.parametrize("path", ["/data", "/a/b/", "/data..old", "/srv/./data"])
    def test_fine(self, path: str) -> None:
        assert not findings(app(mount(destination=path)), "mount-destination-invalid")

    @pytest.mark.parametrize(
        ("path", "mended"),
        [
            *((path, None) for path in ("/", "//", "/.", "../d", "/a/../b", "~/d", "$HOME/d", "C:/d")),
            ("./d", "/d"),
            ("d/e", "/d/e"),
        ],
    )
    def test_refused(self, path: str, mended: str | None) -> None:
        text = app(mount(destination=path))
        assert len(findings(text, "mount-destination-invalid")) == 1
        assert replacement(text, "mount-destination-invalid") == (mended and (mended, True))

    @pytest.mark.parametrize(
        ("path", "count"),
        [("/app", 1), ("/app/", 1), ("/usr", 1), ("/app/data", 0), ("/home", 1), ("/root/.cache", 0), ("/srv", 0)],
    )
    def test_directories_of_the_image(self, path: str, count: int) -> None:
        assert len(findings(app(mount(destination=path)), "mount-hides-image-directory")) == count

    @pytest.mark.parametrize(
        ("path", "instructions", "count"),
        [
            ("/code", "WORKDIR /code\nCOPY . .", 1),
            ("/code/", "WORKDIR /code\nCOPY . .", 1),
            ("/srv", "WORKDIR /srv/shop\nCOPY . .", 1),
            ("/code", "ENV HERE=/code\nWORKDIR $HERE\nCOPY . $HERE/", 1),
            ("/code", "WORKDIR /code\nCOPY --from=build /out ./", 1),
            ("/code/data", "WORKDIR /code\nCOPY . .", 0),
            ("/cod", "WORKDIR /code\nCOPY . .", 0),
            ("/data", "COPY app /bin/app\nWORKDIR /data", 0),
            ("/data", "WORKDIR /code\nCOPY . .\nCOPY --from=build --chown=1 /data /data", 0),
            ("/code", "WORKDIR $HERE\nCOPY . .", 0),
        ],
    )
    def test_the_directory_that_the_app_is_copied_to(self, path: str, instructions: str, count: int) -> None:
        files = {"Dockerfile": f"FROM build AS build\nWORKDIR /other\nFROM debian\n{instructions}\n"}
        found = [d for d in lint(app(mount(destination=path)), files=files) if d.rule == "mount-hides-image-directory"]
        assert len(found) == count
        assert not found or [label.message for label in found[0].related] == ["copied there"]


class TestPostgres:
    RULE = "data-directory-is-volume-root"

    @pytest.mark.parametrize(
        "image", ["postgres", "postgres:17-alpine", "docker.io/library/postgres:16", "postgis/postgis:16"]
    )
    def test_images(self, image: str) -> None:
        text = app(f'[build]\nimage = "{image}"\n', mount(destination="/var/lib/postgresql/data"))
        assert len(findings(text, self.RULE)) == 1

    def test_another_image_or_directory(self) -> None:
        assert not findings(app('[build]\nimage = "mysql"\n', mount(destination="/var/lib/postgresql/data")), self.RULE)
        assert not findings(app('[build]\nimage = "postgres"\n', mount()), self.RULE)

    def test_the_variable_counts(self) -> None:
        assert findings(app('[env]\nPGDATA = "/data/"\n', mount()), self.RULE)
        assert not findings(app('[env]\nPGDATA = "/data/pg"\n', mount()), self.RULE)


class TestSeveralMounts:
    RULE = "several-mounts-in-one-group"

    def test_one_for_each_group_is_fine(self) -> None:
        text = GROUPS + mount('processes = ["web"]') + mount('processes = ["worker"]', source="jobs")
        assert not findings(text, self.RULE)

    def test_without_processes_it_belongs_to_the_default_group(self) -> None:
        assert not findings(GROUPS + mount() + mount('processes = ["worker"]', source="b"), self.RULE)
        (found,) = findings(GROUPS + mount() + mount('processes = ["web"]', source="b"), self.RULE)
        assert found.key == "mounts[1]" and "`web`" in found.message and found.related[0].key == "mounts[0]"

    def test_each_further_one_is_one_finding(self) -> None:
        both = 'processes = ["web", "worker"]'
        text = GROUPS + mount(both) + mount(both, source="b") + mount(both, source="c")
        assert [d.key for d in findings(text, self.RULE)] == ["mounts[1]", "mounts[2]"]

    def test_a_mount_of_no_group_is_dropped(self) -> None:
        assert not findings(GROUPS + mount() + mount('processes = ["gone"]'), self.RULE)

    def test_the_old_name_counts_first(self) -> None:
        text = app("[mount]\nsource = 'a'\ndestination = '/a'\n", mount())
        assert [d.key for d in findings(text, self.RULE)] == ["mounts[0]"]


class TestSize:
    @pytest.mark.parametrize("size", ['"1gb"', '"1"', "1", '"1000mb"', '"1.9GB"', '"500gb"', '""', '"1tb"'])
    def test_accepted_by_flyctl(self, size: str) -> None:
        assert not findings(app(mount(f"initial_size = {size}")), "volume-size-invalid")

    @pytest.mark.parametrize(
        ("size", "mended"),
        [
            ('"999mb"', ("1gb", True)),
            ("0", ("1gb", True)),
            ('"0"', ("1gb", True)),
            ('"-5"', None),
            ('"big"', None),
            ("1.5", None),
            ('"10Gi"', ("10gb", True)),
            ('"100Mi"', None),
            pytest.param('"' + "9" * 5000 + 'gb"', None, id="huge"),
        ],
    )
    def test_refused(self, size: str, mended: tuple[str, bool] | None) -> None:
        text = app(mount(f"initial_size = {size}"))
        (found,) = findings(text, "volume-size-invalid")
        assert found.severity == Severity.ERROR and found.key == "mounts[0].initial_size"
        assert replacement(text, "volume-size-invalid") == mended

    def test_a_mount_of_no_group_is_refused_as_well(self) -> None:
        assert findings(app(mount("initial_size = 0", 'processes = ["gone"]')), "volume-size-invalid")

    @pytest.mark.parametrize(("size", "count"), [("500gb", 0), ("501gb", 1), ("1tb", 1), ("500.9gb", 0)])
    def test_maximum(self, size: str, count: int) -> None:
        assert len(findings(app(mount(f'initial_size = "{size}"')), "volume-size-too-large")) == count

    @pytest.mark.parametrize("size", ["0", "600", "big"])
    def test_the_reminder_leaves_wrong_sizes_to_others(self, size: str) -> None:
        assert not findings(app(mount(f'initial_size = "{size}"')), "volume-size-only-at-first-deploy")


@pytest.mark.parametrize(("days", "mended"), [(0, 1), (-3, 1), (61, 60), (1, None), (60, None)])
def test_retention(days: int, mended: int | None) -> None:
    text = app(mount(f"snapshot_retention = {days}"))
    if mended is None:
        assert not findings(text, "snapshot-retention-out-of-range")
    else:
        assert replacement(text, "snapshot-retention-out-of-range") == (mended, True)


def test_snapshots() -> None:
    assert not findings(app(mount("scheduled_snapshots = true")), "snapshots-disabled")
    (found,) = findings(app(mount("scheduled_snapshots = false", "snapshot_retention = 5")), "snapshots-disabled")
    assert [label.key for label in found.related] == ["mounts[0].snapshot_retention"]


class TestAutoExtend:
    @staticmethod
    def text(threshold: object = None, increment: object = None, limit: object = None) -> str:
        values = {"threshold": threshold, "increment": increment, "limit": limit}
        lines = [
            f"auto_extend_size_{key} = {value if isinstance(value, int) else chr(34) + str(value) + chr(34)}"
            for key, value in values.items()
            if value is not None
        ]
        return app(mount(*lines))

    @pytest.mark.parametrize(("low", "high"), [((50, "1GB", "10GB"), (99, "100GB", "500GB"))])
    def test_limits(self, low: tuple[object, ...], high: tuple[object, ...]) -> None:
        for values in (low, high):
            assert [d for d in lint(self.text(*values)) if d.severity > Severity.INFO] == []

    @pytest.mark.parametrize(
        ("values", "key", "mended"),
        [
            ((49, "1GB", "10GB"), "threshold", 50),
            ((100, "1GB", "10GB"), "threshold", 99),
            ((0, "1GB", "10GB"), "threshold", 50),
            ((80, "101GB", "500GB"), "increment", "100gb"),
            ((80, "500mb", "10GB"), "increment", "1gb"),
            ((80, "1GB", "501GB"), "limit", "500gb"),
            ((80, "1Gi", "10GB"), "increment", "1gb"),
        ],
    )
    def test_out_of_range(self, values: tuple[object, ...], key: str, mended: object) -> None:
        text = self.text(*values)
        (found,) = findings(text, "auto-extend-out-of-range")
        assert found.key == f"mounts[0].auto_extend_size_{key}" and found.severity == Severity.ERROR
        assert replacement(text, "auto-extend-out-of-range") == (mended, True)

    @pytest.mark.parametrize(
        ("values", "missing"),
        [
            ((80, None, None), ["increment"]),
            ((80, None, "5GB"), ["increment"]),
            ((None, "1GB", "5GB"), ["threshold"]),
            ((None, None, "5GB"), ["threshold", "increment"]),
            ((80, "", "5GB"), ["increment"]),
        ],
    )
    def test_incomplete(self, values: tuple[object, ...], missing: list[str]) -> None:
        (found,) = findings(self.text(*values), "auto-extend-incomplete")
        assert found.key == "mounts[0]" and all(f"`auto_extend_size_{key}`" in found.message for key in missing)
        assert found.message.count("`") == 2 * len(missing)

    def test_none_of_them_is_fine(self) -> None:
        assert not findings(self.text(0), "auto-extend-out-of-range") and not findings(
            self.text(0), "auto-extend-incomplete"
        )

    def test_a_misspelt_key_is_not_missing_too(self) -> None:
        text = app(mount("auto_extend_size_threshhold = 80", 'auto_extend_size_increment = "1GB"'))
        assert not findings(text, "auto-extend-incomplete")

    def test_without_limit(self) -> None:
        assert findings(self.text(80, "1GB"), "auto-extend-without-limit")
        assert not findings(self.text(80, None), "auto-extend-without-limit")

    @pytest.mark.parametrize(
        ("size", "increment", "limit", "count"), [(9, 1, 10, 0), (10, 1, 10, 1), (6, 5, 10, 1), (20, 1, 10, 1)]
    )
    def test_room_to_grow(self, size: int, increment: int, limit: int, count: int) -> None:
        lines = (f"initial_size = {size}", "auto_extend_size_threshold = 80")
        sizes = (f'auto_extend_size_increment = "{increment}"', f'auto_extend_size_limit = "{limit}"')
        assert len(findings(app(mount(*lines, *sizes)), "auto-extend-limit-too-small")) == count

    def test_room_to_grow_from_the_default_size(self) -> None:
        assert findings(self.text(80, "1GB", "1GB"), "auto-extend-limit-too-small")
        assert not findings(self.text(80, "1GB", "2GB"), "auto-extend-limit-too-small")


def test_the_path_of_a_file_is_no_place_for_a_volume() -> None:
    (found,) = findings(app(mount(destination="/app/db.sqlite3")), "mount-destination-invalid")
    assert found.severity is Severity.WARNING and "looks like a file" in found.message
    assert not findings(app(mount(destination="/app/db")), "mount-destination-invalid")


class TestName:
    def test_an_id_is_no_name(self) -> None:
        (found,) = findings(app(mount(source="vol_w1q85vgn7jj4zdxe")), "volume-name-invalid")
        assert found.severity is Severity.WARNING and "the id of a volume" in found.message and found.fix is None
        assert not findings(app(mount(source="vol_user_uploads_data")), "volume-name-invalid")

    @pytest.mark.parametrize("name", ["data", "a_1", "x" * 30])
    def test_fine(self, name: str) -> None:
        assert not findings(app(mount(source=name)), "volume-name-invalid")

    @pytest.mark.parametrize(
        ("name", "severity", "mended"),
        [
            ("my-data", Severity.ERROR, "my_data"),
            ("my data!", Severity.ERROR, "my_data"),
            ("x" * 31, Severity.ERROR, None),
            ("Data", Severity.WARNING, "data"),
        ],
    )
    def test_refused(self, name: str, severity: Severity, mended: str | None) -> None:
        text = app(mount(source=name))
        assert findings(text, "volume-name-invalid")[0].severity == severity
        assert replacement(text, "volume-name-invalid") == (mended and (mended, severity is Severity.ERROR))


class TestNotShared:
    RULE = "volume-not-shared"

    def test_two_names_are_two_volumes(self) -> None:
        text = GROUPS + mount('processes = ["web"]') + mount('processes = ["worker"]', source="jobs")
        assert not findings(text, self.RULE)

    def test_two_tables_with_one_name(self) -> None:
        (found,) = findings(GROUPS + mount('processes = ["web"]') + mount('processes = ["worker"]'), self.RULE)
        assert found.key == "mounts[1].processes" and found.related[0].key == "mounts[0].source"

    def test_two_mounts_of_one_group_have_another_rule(self) -> None:
        assert not findings(GROUPS + mount() + mount(), self.RULE)


def test_replication_is_mentioned_once() -> None:
    text = GROUPS + mount('processes = ["web"]') + mount('processes = ["worker"]', source="b")
    (found,) = findings(text, "volume-not-replicated")
    assert [label.key for label in found.related] == ["mounts[1].source"]


class TestDataNotOnVolume:
    RULE = "data-not-on-volume"

    @pytest.mark.parametrize(
        "value",
        [
            "sqlite:////app/db.sqlite3",
            "sqlite:///app/db.sqlite3",
            "sqlite+aiosqlite:////srv/x.db?mode=rwc",
            "jdbc:sqlite:/srv/x.db",
            "file:/srv/x.db",
            "file:./dev.db",
            "sqlite3:db/production.sqlite3",
            "/srv/app.sqlite",
        ],
    )
    def test_without_a_volume(self, value: str) -> None:
        (found,) = findings(app(f'[env]\nDATABASE_URL = "{value}"\n'), self.RULE)
        assert found.key == "env.DATABASE_URL" and found.severity == Severity.WARNING and "?" not in found.message

    @pytest.mark.parametrize(
        "value",
        [
            "sqlite:////data/db.sqlite3",
            "sqlite:///data/db.sqlite3",
            "sqlite:///db.sqlite3",
            "file:dev.db",
            "/data/x/app.db",
        ],
    )
    def test_on_a_volume(self, value: str) -> None:
        assert not findings(app(f'[env]\nDATABASE_URL = "{value}"\n', mount()), self.RULE)

    def test_beside_the_volume(self) -> None:
        (found,) = findings(app('[env]\nDB = "/database/app.db"\n', mount()), self.RULE)
        assert "`/data`" in str(found.help) and found.related[0].key == "mounts[0].destination"

    @pytest.mark.parametrize(
        "line",
        [
            'DATABASE_URL = "sqlite::memory:"',
            'DATABASE_URL = "sqlite://:memory:"',
            'DATABASE_URL = "postgres://db/app.db"',
            'DB_PATH = "/tmp/preview.sqlite"',
            'CACHE_FILE = "/app/cache.db"',
            'URL = "https://example.com/file.db"',
            'CONFIG = "file:/etc/app.toml"',
            'GEOIP = "/usr/share/GeoLite2.mmdb"',
            'DATABASE_URL = "file:/litefs/app.db"',
            "PORT = 8080",
        ],
    )
    def test_not_meant_to_be_kept(self, line: str) -> None:
        assert not findings(app(f"[env]\n{line}\n"), self.RULE)

    @pytest.mark.parametrize(
        "more",
        [
            '[[vm]]\npersist_rootfs = "always"\n',
            '[processes]\napp = "litestream replicate -exec serve"\n',
            '[build.compose]\nfile = "compose.yml"\n',
            "[[mounts]]\nsource = 'd'\n",
        ],
    )
    def test_kept_in_another_way(self, more: str) -> None:
        assert not findings(app('[env]\nDB = "/srv/app.db"\n', more), self.RULE)

    def test_a_directory_is_only_an_info(self) -> None:
        (found,) = findings(app('[env]\nUPLOAD_DIR = "/srv/uploads"\n'), self.RULE)
        assert found.severity == Severity.INFO
        assert not findings(app('[env]\nUPLOAD_DIR = "/data"\n', mount()), self.RULE)
        assert not findings(app('[env]\nUPLOAD_DIR = "uploads"\n'), self.RULE)

    @pytest.mark.parametrize(
        ("variable", "destination", "severity"),
        [
            ('PGDATA = "/var/lib/postgresql/data"', "/data", Severity.WARNING),
            ('PGDATA = "/var/lib/postgresql/data"', "/var/lib/postgresql", None),
            ('PB_DATA_DIR = "/workspace/pb_data"', "/workspace/tinycld/pb_data", Severity.WARNING),
            ('PB_DATA_DIR = "/workspace/pb_data"', "/data", Severity.INFO),
            ('APP_DATA_DIR = "/data/app"', "/data", None),
            ('MEDIA_ROOT = "/app/media/"', "/data", Severity.INFO),
            ('UPLOADS_PATH = "/uploads"', "/data/uploads", Severity.INFO),  # may be a part of URLs
            ('GEOIP_DATA_DIR = "/usr/share/GeoIP"', "/data", None),
            ('NEXT_PUBLIC_METADATA_DIR = "/x"', "/data", None),
        ],
    )
    def test_a_directory_beside_the_volume(self, variable: str, destination: str, severity: Severity | None) -> None:
        found = findings(app(f"[env]\n{variable}\n", mount(destination=destination)), self.RULE)
        assert [d.severity for d in found] == ([] if severity is None else [severity])

    def test_a_longer_name_needs_a_volume(self) -> None:
        assert not findings(app('[env]\nPB_DATA_DIR = "/srv/pb_data"\n'), self.RULE)

    @pytest.mark.parametrize(
        ("variable", "count"),
        [
            ('SQLITE_PATH = "./data.sqlite"', 1),
            ('DB_FILE = "db.sqlite"', 1),
            ('APP_DATABASE = "var/app.db"', 1),
            ('DB_HOST = "pg.db"', 0),
            ('DB_NAME = "app.db"', 0),  # its directory stands elsewhere
            ('DATABASE_URL = "postgres.example.db:5432/app"', 0),
            ('DB_PATH = "${DIR}/app.db"', 0),
            ('FEEDBACK_FILE = "x.db"', 0),
        ],
    )
    def test_a_relative_path_without_a_volume(self, variable: str, count: int) -> None:
        assert len(findings(app(f"[env]\n{variable}\n"), self.RULE)) == count

    def test_a_bare_name_may_lie_in_a_directory_of_the_volume(self) -> None:
        files = {"Dockerfile": "FROM a\nWORKDIR /app\n"}
        for name, count in (("app.db", 0), ("./app.db", 1)):
            found = lint(app(f'[env]\nDB_FILE = "{name}"\n', mount()), files=files)
            assert len([d for d in found if d.rule == self.RULE]) == count

    @pytest.mark.parametrize(
        ("command", "count"),
        [
            ("serve --db /app/db.sqlite3", 1),
            ("serve --db=/app/db.sqlite3", 1),
            ("env DATABASE_URL=sqlite:////app/db.sqlite3 serve", 1),
            ("sh -c 'migrate; exec serve --db /app/db.sqlite3'", 1),
            ("serve --db /data/db.sqlite3", 0),
            ("serve --cache-db /app/cache.db", 0),
            ("serve --db /tmp/a.db", 0),
            ("sh -c 'cp -n /app/seed.db /data/a.db; serve'", 0),
            ("datasette serve -i /app/fixtures.db", 0),
            ("litestream replicate /app/a.db", 0),
            ("serve /app/a.dbx", 0),
            ("serve --db a.db", 0),
        ],
    )
    def test_what_a_command_names(self, command: str, count: int) -> None:
        found = findings(app(mount(), f'[processes]\napp = "{command}"\n'), self.RULE)
        assert [d.key for d in found] == ["processes.app"] * count

    def test_a_command_names_a_relative_path(self) -> None:
        (found,) = findings(app('[processes]\napp = "serve --db-path ./app.db"\n'), self.RULE)
        assert "`./app.db`" in found.message

    def test_the_volume_of_the_group_counts(self) -> None:
        text = 'app = "a"\n[processes]\nweb = "serve --db /data/a.db"\nworker = "work --db /data/a.db"\n'
        (found,) = findings(text + mount('processes = ["worker"]'), self.RULE)
        assert found.key == "processes.web" and "add `[[mounts]]`" in str(found.help)

    @pytest.mark.parametrize(
        ("value", "instructions", "count"),
        [
            ("file:./dev.db", "WORKDIR /app", 1),
            ("sqlite:///db.sqlite3", "WORKDIR /app", 1),
            ("sqlite:///data/db.sqlite3", "WORKDIR /app", 0),
            ("file:../data/dev.db", "WORKDIR /app", 0),
            ("file:./dev.db", "WORKDIR /data", 0),
            ("file:./dev.db", "WORKDIR /data/app", 0),
            ("file:./dev.db", "WORKDIR /", 0),
            ("file:./dev.db", "WORKDIR /app\nRUN ln -s /data/dev.db dev.db", 0),
            ("file:./dev.db", "WORKDIR /app\nCMD cd /data && /app/serve", 0),
            ("file:./dev.db", "", 0),
        ],
    )
    def test_a_relative_file_lies_in_the_directory_that_the_app_starts_in(
        self, value: str, instructions: str, count: int
    ) -> None:
        text = app(f'[env]\nDATABASE_URL = "{value}"\n', mount())
        found = [d for d in lint(text, files={"Dockerfile": f"FROM a\n{instructions}\n"}) if d.rule == self.RULE]
        assert len(found) == count
