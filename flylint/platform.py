"""Facts about Fly.io and flyctl, each with its source. Read on 2026-08-21 at superfly/flyctl ad0172fac and superfly/fly-go 22d6e518;
docs at superfly/docs 5c22c8ce (2026-08-07)."""

from __future__ import annotations

from flylint.values import MINUTE, SECOND

DEFAULT_GROUP = "app"  # FG/machine_types.go:MachineProcessGroupApp

# what the Dockerfiles of images on hub.docker.com expose; the databases by the last part of the name
DATABASE_PORTS = {
    "redis": 6379, "valkey": 6379, "keydb": 6379, "falkordb": 6379, "postgres": 5432, "postgis": 5432, "pgvector": 5432,
    "timescaledb": 5432, "mysql": 3306, "mariadb": 3306, "mongo": 27017, "memcached": 11211, "elasticsearch": 9200,
    "opensearch": 9200,
}  # fmt: skip
IMAGE_PORTS = {
    "nginx": 80, "httpd": 80, "caddy": 80, "wordpress": 80, "nextcloud": 80, "phpmyadmin": 80, "ghost": 2368,
    "adminer": 8080, "n8nio/n8n": 5678, "grafana/grafana": 3000, "metabase/metabase": 3000, "vaultwarden/server": 80,
    "louislam/uptime-kuma": 3001, "directus/directus": 8055, "nginxinc/nginx-unprivileged": 8080, "traefik/whoami": 80,
    "gotenberg/gotenberg": 3000,
}  # fmt: skip

# flyctl's own process groups: FG/machine_types.go:MachineProcessGroupFlyApp*
RESERVED_GROUPS = ("fly_app_release_command", "fly_app_test_machine_command", "fly_app_console")

# `fly console` takes the [[vm]] of a group of this name: internal/command/console/console.go
CONSOLE_GROUP = "console"

# docs: reference/regions
REGIONS = {
    "ams": "Amsterdam, Netherlands",
    "arn": "Stockholm, Sweden",
    "bom": "Mumbai, India",
    "cdg": "Paris, France",
    "dfw": "Dallas, Texas (US)",
    "ewr": "Secaucus, NJ (US)",
    "fra": "Frankfurt, Germany",
    "gru": "São Paulo, Brazil",
    "iad": "Ashburn, Virginia (US)",
    "jnb": "Johannesburg, South Africa",
    "lax": "Los Angeles, California (US)",
    "lhr": "London, United Kingdom",
    "nrt": "Tokyo, Japan",
    "ord": "Chicago, Illinois (US)",
    "sin": "Singapore, Singapore",
    "sjc": "San Jose, California (US)",
    "syd": "Sydney, Australia",
    "yyz": "Toronto, Canada",
}

# flyctl internal/command/launch/plan_builder.go:deprecatedRegionReplacements; "" where Fly.io names no successor
DEPRECATED_REGIONS = {
    "atl": "dfw", "den": "dfw", "mia": "dfw", "gdl": "dfw", "qro": "dfw", "bos": "ewr", "phx": "lax", "sea": "sjc",
    "yul": "yyz", "waw": "ams", "mad": "cdg", "otp": "fra", "bog": "gru", "gig": "gru", "scl": "gru", "eze": "gru",
    "hkg": "sin", "maa": "bom", "vin": "iad", "mrs": "",
}  # fmt: skip

# docs: machines/guides-examples/machine-placement; for placing single Machines only
REGION_ALIASES = ("any", "us", "usa", "eu", "na", "sa", "apac")


class Preset:
    """A VM size: its kind of CPU, their number, its default memory (which is also the least) and its GPUs."""

    __slots__ = ("cpu_kind", "cpus", "gpus", "memory_mb")

    def __init__(self, cpu_kind: str, cpus: int, memory_mb: int, gpus: int = 0) -> None:
        self.cpu_kind = cpu_kind
        self.cpus = cpus
        self.memory_mb = memory_mb
        self.gpus = gpus


# memory in MiB for each CPU: FG/machine_types.go:MIN_MEMORY_MB_PER_*, MAX_MEMORY_MB_PER_*; step: internal/machine/update.go
MIN_MEMORY_PER_CPU = {"shared": 256, "performance": 2048}
MAX_MEMORY_PER_CPU = {"shared": 2048, "performance": 8192}
MEMORY_STEP = {"shared": 256, "performance": 1024}
DOCUMENTED_MEMORY_STEP = {"shared": 256, "performance": 2048}  # docs: machines/guides-examples/machine-sizing
# internal/machine/update.go:cpusPerKind
CPU_COUNTS = {"shared": (1, 2, 4, 6, 8), "performance": (1, 2, 4, 6, 8, 10, 12, 14, 16, 32, 64, 128)}

# FG/machine_types.go:MachinePresets
VM_PRESETS = {
    **{f"shared-cpu-{n}x": Preset("shared", n, 256 * n) for n in (1, 2, 4, 6, 8)},
    **{f"performance-{n}x": Preset("performance", n, 2048 * n) for n in (1, 2, 4, 6, 8, 10, 12, 14, 16)},
    **{name: Preset("performance", 8, 32768, 1) for name in ("a10", "l40s", "a100-40gb", "a100-80gb")},
}
GPU_SIZES = ("a10", "l40s", "a100-40gb", "a100-80gb")
DEFAULT_SIZE = "shared-cpu-1x"
DEFAULT_GPU_SIZE = "performance-8x"

# AC/validation.go:MachinesDeployStrategies
STRATEGIES = ("rolling", "immediate", "canary", "bluegreen")
DEFAULT_WAIT_TIMEOUT = 5 * MINUTE  # DEP/machines.go:DefaultWaitTimeout
DEFAULT_RELEASE_COMMAND_TIMEOUT = 5 * MINUTE  # DEP/machines.go:DefaultReleaseCommandTimeout
DEFAULT_MAX_UNAVAILABLE = 0.33  # DEP/machines.go:DefaultMaxUnavailable
DEFAULT_KILL_TIMEOUT = 5 * SECOND  # docs: reference/configuration#kill_timeout-option
MAX_KILL_TIMEOUT = 5 * MINUTE  # the API's answer, tldraw/tldraw#8656

# AC/validation.go:validateServiceCheckDurations: the platform raises and lowers durations of service checks to these
MIN_SERVICE_CHECK = SECOND
MAX_SERVICE_CHECK = MINUTE
# AC/validation.go:validateChecksSection
MIN_CHECK_INTERVAL = 2 * SECOND
MAX_CHECK_TIMEOUT = MINUTE
DEFAULT_GRACE_PERIOD = SECOND  # docs: reference/configuration#services-tcp_checks
DEFAULT_CHECK_INTERVAL = 15 * SECOND
SUGGESTED_GRACE = "10s"  # advice: enough for most apps to boot
CHECK_PROTOCOLS = ("http", "https")  # docs: reference/configuration#http_service-checks
READING_METHODS = ("GET", "HEAD", "OPTIONS")
CHANGING_METHODS = ("POST", "PUT", "PATCH", "DELETE")
SMOKE_TEST = 10 * SECOND  # internal/machine/leasable_machine.go:WaitForSmokeChecksToPass
# the pause between two looks when no check has an interval: leasable_machine.go:GetMinIntervalAndMinGracePeriod
BLUEGREEN_POLL = MINUTE
SLOW_BLUEGREEN_POLL = 15 * SECOND  # advice: longer than this each deploy waits noticeably
# DEP/machines_deploymachinesapp.go: only waitForMachine and deployCanaryMachines run test Machines
STRATEGIES_WITHOUT_MACHINE_CHECKS = ("bluegreen", "immediate")

# conventions of frameworks and images, no primary source
PORT_VARIABLES = ("PORT", "APP_PORT", "SERVER_PORT", "HTTP_PORT")
HTTP_PORTS = (80, 443, 3000, 8000, 8080, 8443)
FORCE_HTTPS_VARIABLES = (
    "FORCE_SSL", "RAILS_FORCE_SSL", "FORCE_HTTPS", "SECURE_SSL_REDIRECT", "DJANGO_SECURE_SSL_REDIRECT", "PHX_FORCE_SSL",
)  # fmt: skip
CREDENTIAL_HEADERS = (
    "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "apikey", "x-auth-token",
    "x-access-token", "x-auth-key", "x-api-token", "x-secret", "x-health-token",
)  # fmt: skip

# FG StopConfig.signal, without SIGUSR2, which the API refuses (superfly/flyctl#4721)
KILL_SIGNALS = ("SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGKILL")
# docs: reference/configuration#kill_signal-option lists them, the API does not take them
DOCUMENTED_SIGNALS = ("SIGUSR2", "SIGSTOP")
DEFAULT_KILL_SIGNAL = "SIGINT"  # docs: reference/configuration#kill_signal-option
MAX_PORT = 65535
SERVICE_PROTOCOLS = ("tcp", "udp")  # docs: reference/configuration#the-services-sections
HANDLERS = ("http", "tls", "pg_tls", "proxy_proto")  # docs: networking/services#configure-connection-handlers
RESTART_POLICIES = ("always", "never", "on-failure")  # AC/machines.go:parseRestartPolicy
CHECK_TYPES = ("http", "tcp")  # AC/toplevelcheck.go
BUILTINS = ("node", "ruby", "deno", "go", "static", "hugo-static", "python")  # internal/build/imgsrc/builtins
COMPRESSIONS = ("gzip", "zstd")  # internal/flag/validation/compression.go
COMPRESSION_LEVELS = (0, 9)
DEFAULT_BUILDER = "heroku/builder:24"
# builder images that are no longer kept up, without registry: what became of them, and the successor
# heroku/cnb-builder-images#474, #512, #712, #977; paketo-buildpacks/rfcs#289
OLD_BUILDERS = {
    "heroku/buildpacks": ("sunset", DEFAULT_BUILDER),
    "heroku/builder-classic": ("sunset", DEFAULT_BUILDER),
    "heroku/builder:20": ("sunset", DEFAULT_BUILDER),
    "heroku/builder:22": ("deprecated", DEFAULT_BUILDER),
    "paketobuildpacks/builder:base": ("unmaintained", "paketobuildpacks/builder-jammy-base"),
    "paketobuildpacks/builder:full": ("unmaintained", "paketobuildpacks/builder-jammy-full"),
    "paketobuildpacks/builder:tiny": ("unmaintained", "paketobuildpacks/builder-jammy-tiny"),
    "paketo-buildpacks/builder:base": ("unmaintained", "paketobuildpacks/builder-jammy-base"),
    "paketo-buildpacks/builder:full": ("unmaintained", "paketobuildpacks/builder-jammy-full"),
    "paketo-buildpacks/builder:tiny": ("unmaintained", "paketobuildpacks/builder-jammy-tiny"),
}

# docs: machines/runtime-environment; FLY_PROCESS_GROUP also AC/machines.go:updateMachineConfig
RUNTIME_VARIABLES = (
    "FLY_APP_NAME", "FLY_MACHINE_ID", "FLY_ALLOC_ID", "FLY_REGION", "FLY_PUBLIC_IP", "FLY_PRIVATE_IP", "FLY_IMAGE_REF",
    "FLY_MACHINE_VERSION", "FLY_PROCESS_GROUP", "FLY_VM_MEMORY_MB",
)  # fmt: skip
# set in some Machines only: AC/machines.go:ToReleaseMachineConfig, ToTestMachineConfig; DEP/machines_launchinput.go
DEPLOY_VARIABLES = {
    "RELEASE_COMMAND": "the release command's Machine",
    "FLY_TEST_COMMAND": "Machines that run a machine check",
    "FLY_TEST_MACHINE_IP": "Machines that run a machine check",
    "FLY_STANDBY_FOR": "standby Machines",
}
# conventions of frameworks, which put the value into the bundle; docs: reference/configuration#specify-docker-build-arguments
BUILD_TIME_PREFIXES = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "GATSBY_", "EXPO_PUBLIC_")
TLS_VERSIONS = ("TLSv1.2", "TLSv1.3")  # docs: reference/configuration#http_service-tls_options
CONCURRENCY_TYPES = ("connections", "requests")  # docs: reference/configuration#services-concurrency
DEFAULT_SOFT_LIMIT = 20

MAX_VOLUME_GB = 500  # docs: volumes/overview
DEFAULT_VOLUME_GB = 1  # DEP/deploy_first.go
MAX_VOLUME_NAME = 30  # the API's answer, CurateLabs/graphforge#884
# advice, no primary source: what an image has there is needed to run it
IMAGE_DIRECTORIES = (
    "/app", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/proc", "/root", "/sbin", "/sys", "/usr",
    "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/var",
)  # fmt: skip
# conventions, no primary source: directories for data
DATA_VARIABLES = (
    "DATA_DIR", "DATA_PATH", "STORAGE_DIR", "STORAGE_PATH", "UPLOAD_DIR", "UPLOAD_PATH", "UPLOADS_DIR", "UPLOADS_PATH",
    "MEDIA_ROOT",
)  # fmt: skip
SNAPSHOT_RETENTION_DAYS = (1, 60)  # AC/validation.go:validateMounts
AUTO_EXTEND_THRESHOLD = (50, 99)
AUTO_EXTEND_INCREMENT_GB = (1, 100)
AUTO_EXTEND_LIMIT_GB = (1, 500)
MAX_SUSPEND_MEMORY_MB = 2048  # docs: reference/suspend-resume
MAX_STATICS = 10  # docs: reference/configuration#the-statics-sections
PROXY_PROTO_VERSIONS = ("v1", "v2")  # docs: reference/configuration#services-ports-proxy_proto_options
REPLAY_CACHE_TYPES = ("cookie", "header")  # FG/machine_types.go:ReplayCache
MIN_REPLAY_CACHE_TTL = 10  # seconds; docs: reference/configuration#http_service-http_options-replay_cache


def clamp_service_check(nanoseconds: int, *, zero_allowed: bool = False) -> int:
    """The duration that runs when a service check asks for this one."""
    if zero_allowed and nanoseconds == 0:
        return 0
    return min(max(nanoseconds, MIN_SERVICE_CHECK), MAX_SERVICE_CHECK)
