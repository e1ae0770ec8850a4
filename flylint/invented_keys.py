"""Keys that fly.toml never had or has no longer, but that people, old docs and other platforms write, and what to do about each.

Evidence: public fly.toml files and issues, old and wrong docs pages, the SchemaStore schema, the Nomad-era docs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flylint.document import Path


class Invented:
    """What to do about an invented key.

    rename   the key of the same table that was meant
    move     the table (a path from the top) and key where it belongs
    help     what to do, when it is more than that
    note     what Fly.io makes of it, when it is more than ignoring it
    delete   nothing replaces it, so deleting it is all there is to do
    sure     it certainly does not do what it says, which makes it an error
    """

    __slots__ = ("delete", "help", "move", "note", "rename", "sure")

    def __init__(
        self,
        rename: str | None = None,
        move: tuple[Path, str] | None = None,
        help: str | None = None,
        note: str | None = None,
        delete: bool = False,
        sure: bool = False,
    ) -> None:
        self.rename = rename
        self.move = move
        self.help = help
        self.note = note
        self.delete = delete
        self.sure = sure


_SCALE = "the number of Machines is set with `fly scale count`; the proxy never creates or destroys any"
_NO_CHECK = "this makes no health check: a Machine counts as healthy as soon as it runs"
_NO_THRESHOLD = "Fly.io checks know no thresholds and no expected status: one 2xx answer passes, anything else fails"
_NOMAD = "it belongs to the Nomad platform, which Fly.io shut down in 2024"
_CONTEXT = "the build context is the folder in which `fly deploy` runs; run it there, or name it: `fly deploy ./folder`"
_ROLLBACK = (
    'flyctl rolls nothing back by itself; what undoes a failed release is `strategy = "bluegreen"` in `[deploy]` '
    "together with a health check"
)
_SIZE = "set it under `[[vm]]`"

CHECK_TABLES = ("http-service-check", "service-http-check", "service-tcp-check", "top-level-check")

# (table, key): the table by its name in the schema's definitions, "" for the top level
INVENTED: dict[tuple[str, str], Invented] = {
    **{
        ("http-service", key): Invented(rename="checks", note=_NO_CHECK, sure=True)
        for key in ("http_checks", "http_check", "check", "health_check", "health_checks", "healthcheck", "healthchecks")
    },
    ("http-service", "tcp_checks"): Invented(
        help="use `[[http_service.checks]]`, or write the service as `[[services]]` with `[[services.tcp_checks]]`",
        note=_NO_CHECK,
        sure=True,
    ),
    ("http-service", "auto_stop"): Invented(rename="auto_stop_machines"),
    ("http-service", "autostop"): Invented(rename="auto_stop_machines"),
    ("http-service", "auto_start"): Invented(rename="auto_start_machines"),
    ("http-service", "autostart"): Invented(rename="auto_start_machines"),
    ("http-service", "min_machines"): Invented(rename="min_machines_running"),
    ("service", "auto_stop"): Invented(rename="auto_stop_machines"),
    ("service", "autostop"): Invented(rename="auto_stop_machines"),
    ("service", "auto_start"): Invented(rename="auto_start_machines"),
    ("service", "autostart"): Invented(rename="auto_start_machines"),
    ("service", "min_machines"): Invented(rename="min_machines_running"),
    **{
        (table, key): Invented(help="delete it: " + _SCALE, note="there is no upper limit in fly.toml", delete=True)
        for table in ("http-service", "service", "")
        for key in ("max_machines_running", "max_machines", "max_machines_count")
    },
    ("http-service", "auto_deploy"): Invented(delete=True),
    **{
        ("http-service", key): Invented(
            help="`[http_service]` always has ports 80 and 443 with HTTP and TLS; for anything else use `[[services]]`"
        )
        for key in ("ports", "protocol", "handlers")
    },
    **{
        ("http-service", key): Invented(
            rename="internal_port",
            help="write `internal_port` for the port where the app listens; outside, `[http_service]` always has 80 and 443",
            sure=True,
        )
        for key in ("port", "listen_port", "target_port")
    },
    ("concurrency", "soft"): Invented(rename="soft_limit"),
    ("concurrency", "hard"): Invented(rename="hard_limit"),
    ("concurrency", "limit"): Invented(help="write `soft_limit`, at which another Machine starts, and `hard_limit`, the most"),
    ("service", "port"): Invented(help="`internal_port` is where the app listens, `[[services.ports]]` what the world sees"),
    ("service", "http_options"): Invented(help="it belongs to the port: `[services.ports.http_options]`"),
    ("service", "tls_options"): Invented(help="it belongs to the port: `[services.ports.tls_options]`"),
    ("service", "handlers"): Invented(help="handlers belong to `[[services.ports]]`"),
    ("service", "force_https"): Invented(help="it belongs to the port with the `http` handler: `[[services.ports]]`"),
    **{
        ("service", key): Invented(help="write `[[services.http_checks]]` with a `path`", note=_NO_CHECK)
        for key in ("health_check_path", "health_check", "healthcheck", "health_checks")
    },
    ("service", "checks"): Invented(help="write `[[services.http_checks]]` or `[[services.tcp_checks]]`", note=_NO_CHECK),
    ("service", "script_checks"): Invented(help="delete it; `[[services.machine_checks]]` runs a command during a deploy", note=_NOMAD),
    **{
        ("http-service", key): Invented(help="write `[[http_service.checks]]` with a `path`", note=_NO_CHECK)
        for key in ("health_check_path", "healthcheck_path")
    },
    ("top-level-check", "name"): Invented(help="delete it: a check has the name of its table, `[checks.name]`", delete=True),
    **{
        (table, key): Invented(help="delete it", note=_NO_THRESHOLD, delete=True)
        for table in CHECK_TABLES
        for key in (
            "success_threshold", "failure_threshold", "healthy_threshold", "unhealthy_threshold", "retries", "max_failures",
            "status", "expected_status", "body", "matcher", "min_recovery", "kind", "success_before_passing",
            "failures_before_critical",
        )
    },
    **{
        (table, "restart_limit"): Invented(
            help="delete it, and let the process exit when it cannot go on: the restart policy handles exits",
            note="a failing check never restarts a Machine; it only takes it out of routing",
            delete=True,
        )
        for table in CHECK_TABLES
    },
    **{
        ("machine-check", key): Invented(
            help="delete it, and put a time limit into the command itself",
            note="a machine check runs one command in a Machine of its own, once in a deploy; it is not repeated",
            delete=True,
        )
        for key in ("interval", "timeout", "grace_period", "path", "port", "method")
    },
    ("vm", "mem"): Invented(rename="memory"),
    ("vm", "ram"): Invented(rename="memory"),
    ("vm", "cpu"): Invented(rename="cpus"),
    ("vm", "auto_stop_machines"): Invented(help="it belongs to `[http_service]` or `[[services]]`"),
    ("vm", "swap_size_mb"): Invented(move=((), "swap_size_mb")),
    ("vm", "count"): Invented(help="delete it: " + _SCALE, delete=True),
    ("mount", "size"): Invented(rename="initial_size"),
    ("mount", "size_gb"): Invented(rename="initial_size"),
    ("mount", "name"): Invented(rename="source"),
    ("mount", "volume"): Invented(rename="source"),
    ("mount", "path"): Invented(rename="destination"),
    ("mount", "mount"): Invented(rename="destination"),
    ("mount", "target"): Invented(rename="destination"),
    **{
        ("deploy", key): Invented(rename="release_command")
        for key in ("release_cmd", "command", "pre_deploy", "predeploy", "migrate_command")
    },
    ("deploy", "processes"): Invented(delete=True),
    ("deploy", "regions"): Invented(help="set `primary_region`, and add regions with `fly scale count --region`"),
    ("deploy", "region"): Invented(help="set `primary_region` at the top of the file"),
    ("deploy", "max-per-region"): Invented(note=_NOMAD, help="delete it", delete=True),
    ("deploy", "max_per_region"): Invented(note=_NOMAD, help="delete it", delete=True),
    ("deploy", "kill_timeout"): Invented(move=((), "kill_timeout")),
    ("deploy", "kill_signal"): Invented(move=((), "kill_signal")),
    ("deploy", "image"): Invented(move=(("build",), "image")),
    **{
        (table, key): Invented(help=_ROLLBACK, note="no such key exists; `experimental.auto_rollback` does, and flyctl reads it nowhere")
        for table in ("experimental", "deploy", "")
        for key in ("auto_rollback", "auto_rollback_on_error", "auto_rollback_on_failure", "rollback", "rollback_on_failure", "auto_revert")
        if (table, key) != ("experimental", "auto_rollback")
    },
    ("experimental", "container"): Invented(move=((), "container"), sure=True),
    ("experimental", "kill_signal"): Invented(move=((), "kill_signal")),
    ("experimental", "primary_region"): Invented(move=((), "primary_region")),
    **{
        ("experimental", key): Invented(help="delete it", note=_NOMAD, delete=True)
        for key in ("allowed_public_ports", "private_network", "enable_shared_volumes", "enable_6pn", "max_per_region")
    },
    ("build", "context"): Invented(help="delete it: " + _CONTEXT, delete=True),
    ("build", "path"): Invented(help=_CONTEXT),
    ("build", "file"): Invented(rename="dockerfile"),
    ("build", "dockerfile_path"): Invented(rename="dockerfile"),
    ("build", "target"): Invented(rename="build-target"),
    ("build", "docker_build_target"): Invented(rename="build-target"),
    ("build", "env"): Invented(rename="args", note="a build sees `[build.args]` only; the Dockerfile needs an `ARG` for each"),
    ("build", "environment"): Invented(rename="args", note="a build sees `[build.args]` only; the Dockerfile needs an `ARG` for each"),
    ("build", "secrets"): Invented(help="build secrets are given on the command line: `fly deploy --build-secret NAME=value`"),
    ("build", "command"): Invented(help="build steps belong in the Dockerfile"),
    ("restart", "max_retries"): Invented(rename="retries"),
    ("file", "mode"): Invented(delete=True, help="delete it: the mode of a file cannot be set"),
    ("file", "content"): Invented(rename="raw_value"),
    ("file", "secret"): Invented(rename="secret_name"),
    ("static", "path"): Invented(rename="guest_path"),
    ("static", "prefix"): Invented(rename="url_prefix"),
    ("metrics", "enabled"): Invented(delete=True, help="delete it: `[metrics]` with port and path is all that is needed"),
    ("", "name"): Invented(rename="app"),
    ("", "app_name"): Invented(rename="app"),
    ("", "region"): Invented(rename="primary_region"),
    ("", "regions"): Invented(
        help="delete it: set `primary_region`, and add regions with `fly scale count --region`", note=_NOMAD, delete=True
    ),
    ("", "organization"): Invented(help="delete it: the organization is chosen when the app is created", delete=True),
    ("", "org"): Invented(help="delete it: the organization is chosen when the app is created", delete=True),
    ("", "port"): Invented(help="the port where the app listens is `internal_port` in `[http_service]`"),
    ("", "host"): Invented(help="delete it: an app must listen on 0.0.0.0, which fly.toml cannot set"),
    ("", "internal_port"): Invented(help="it belongs to `[http_service]` or `[[services]]`"),
    ("", "http_services"): Invented(rename="http_service"),
    ("", "http_machine"): Invented(help="write `[[http_service.checks]]` for checks, `[http_service]` for all else"),
    **{("", key): Invented(rename="env") for key in ("environment", "env_vars", "variables")},
    ("", "vms"): Invented(rename="vm"),
    ("", "service"): Invented(rename="services"),
    ("", "http"): Invented(help="write `[http_service]`"),
    ("", "http_checks"): Invented(help="write `[[http_service.checks]]`, or `[checks.name]` for a check of its own", note=_NO_CHECK),
    ("", "tcp_checks"): Invented(help="write `[[services.tcp_checks]]`, or `[checks.name]` for a check of its own", note=_NO_CHECK),
    ("", "healthcheck"): Invented(help="write `[[http_service.checks]]`, or `[checks.name]` for a check of its own", note=_NO_CHECK),
    ("", "health_check"): Invented(help="write `[[http_service.checks]]`, or `[checks.name]` for a check of its own", note=_NO_CHECK),
    ("", "scaling"): Invented(
        help="delete it, and use `min_machines_running` in `[http_service]`; " + _SCALE, note=_NOMAD, delete=True
    ),
    ("", "autoscaling"): Invented(help="use `auto_stop_machines` and `min_machines_running` in `[http_service]`; " + _SCALE),
    ("", "machine"): Invented(help="the size of Machines is set under `[[vm]]`; " + _SCALE),
    ("", "machines"): Invented(help="the size of Machines is set under `[[vm]]`; " + _SCALE),
    ("", "resources"): Invented(help=_SIZE),
    ("", "memory"): Invented(help=_SIZE),
    ("", "cpus"): Invented(help=_SIZE),
    ("", "secrets"): Invented(help="delete it, and set secrets with `fly secrets set NAME=value`", note="values here end up in version control"),
    ("", "volumes"): Invented(help="write `[[mounts]]` with `source` and `destination`"),
    ("", "volume"): Invented(help="write `[[mounts]]` with `source` and `destination`"),
    **{
        ("", key): Invented(help="write `[processes]` with `app = \"…\"`")
        for key in ("cmd", "command", "start_command", "start", "run")
    },
    **{
        ("", key): Invented(
            help="run `supercronic` in a process group of its own, or a Machine with `fly machine run --schedule`",
            note="fly.toml knows no schedules",
        )
        for key in ("schedule", "cron", "crons", "jobs")
    },
    **{("", key): Invented(help="add it with `fly certs add`") for key in ("domain", "domains", "hostname", "hostnames")},
    ("", "scale"): Invented(help="use `[[vm]]` for the size; " + _SCALE),
    **{("", key): Invented(rename="kill_timeout") for key in ("stop_timeout", "shutdown_timeout", "graceful_shutdown_timeout")},
    ("", "stop_signal"): Invented(rename="kill_signal"),
    ("", "restart_policy"): Invented(help="write `[[restart]]` with `policy`"),
    ("", "platform"): Invented(delete=True, note=_NOMAD, help="delete it"),
}  # fmt: skip
