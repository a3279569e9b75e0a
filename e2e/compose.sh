#!/usr/bin/env bash
# Runs compose.yaml for real: a metric goes in, a mail comes out, also after crashes. Under a name and on ports of its own.
#   e2e/compose.sh            the whole of it; exit code 75 where it cannot run, and why
#   e2e/compose.sh --images   the images that it needs, a line each
#   KEEP=1                    leaves the stack up afterwards
set -euo pipefail
cd "$(dirname "$0")/.."

# Without these two the rest runs as well.
OPTIONAL='grafana/grafana axllent/mailpit'
APP_SERVICES=(collector alert-evaluator notifier health sla capacity host-agent)

images() {
  sed -nE 's/^ *image: (&[a-z-]+ )?([a-z0-9./-]+:[a-z0-9.-]+)$/\2/p' compose.yaml | sort -u
  echo "node:$(sed -n 's/^ARG NODE_VERSION=//p' Dockerfile)-bookworm-slim"
  sed -nE 's/^FROM (debian:[^ ]+)$/\1/p' Dockerfile
}
if [ "${1-}" = --images ]; then images; exit; fi

began=$SECONDS
say() { printf 'compose: %3d s  %s\n' $((SECONDS - began)) "$*"; }
cannot() { echo "compose: NOT RUN: $*" >&2; exit 75; }
fail() { echo "compose: FAILED: $*" >&2; exit 1; }

docker info >/dev/null 2>&1 || cannot 'no Docker engine answers'
engine=$(docker version --format '{{.Server.Version}}')
[ "${engine%%.*}" -ge 26 ] || cannot "this Docker engine is $engine, and compose.yaml needs 26 (parts of volumes, start_interval)"
docker compose version >/dev/null 2>&1 || cannot 'the Compose plugin of Docker is not installed'

has() { docker image inspect "$1" >/dev/null 2>&1 || timeout 180 docker pull -q "$1" >/dev/null 2>&1; }
files=(-f compose.yaml)
services=(nats redis "${APP_SERVICES[@]}" prometheus alertmanager mailpit)
for image in $(images); do
  has "$image" && continue
  case " $OPTIONAL " in
  *" ${image%:*} "*) say "without $image, which cannot be had here" ;;
  *) cannot "$image is not here and cannot be pulled" ;;
  esac
  [ "${image%:*}" != axllent/mailpit ] || files+=(-f e2e/compose/mail-sink.yaml)
done
docker image inspect "$(images | grep ^grafana/)" >/dev/null 2>&1 && services+=(grafana)

# Every port any free one, so that what runs here already is left alone.
export COMPOSE_PROJECT_NAME=tocsin-e2e-$$ TOCSIN_CONFIG=./e2e/compose/config TOCSIN_IMAGE=tocsin:e2e
for port in NATS PROMETHEUS OTLP HEALTH_CHECK NOTIFIER ALERT_EVALUATOR SLA CAPACITY GRAFANA PROMETHEUS_UI ALERTMANAGER_UI MAILPIT; do
  export "${port}_PORT=0"
done
compose() { docker compose --env-file /dev/null "${files[@]}" "$@"; }
address() { compose port "$1" "$2"; }
get() { curl -sf --max-time 5 "http://$(address "$1" "$2")$3"; }

messages=$(mktemp)
finish() {
  local code=$?
  rm -f "$messages"
  [ $code -eq 0 ] || { compose ps -a; compose logs --tail 40 --no-color; } >&2 || true
  [ -n "${KEEP-}" ] || compose down --volumes --timeout 5 >/dev/null 2>&1 || true
  exit $code
}
trap finish EXIT

# until_true SECONDS WHAT COMMAND…: asks until the command succeeds.
until_true() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || fail "$what: not within the time given"
    sleep 0.5
  done
  say "$what"
}

# By hand, as any client of NATS would: without a login, so as an application.
publish() { # publish NAME VALUE
  local at event="{\"name\":\"$1\",\"type\":\"gauge\",\"value\":$2}"
  at=$(address nats 4222)
  exec 3<>"/dev/tcp/${at%:*}/${at#*:}"
  printf 'CONNECT {"verbose":false}\r\nPUB monitoring.metrics.compose %d\r\n%s\r\nPING\r\n' ${#event} "$event" >&3
  timeout 5 grep -q PONG <&3
  exec 3>&-
}
in_prometheus() { get prometheus 9090 "/api/v1/query?query=$1" | grep -q "\"$2\"\\]"; }
firing="ALERTS%7Balertname=%22ComposeProof%22,alertstate=%22firing%22%7D"
in_alertmanager() { get alertmanager 9093 /api/v2/alerts | grep -q ComposeProof; }
webhook_taken() { get notifier 3002 '/api/v1/deliveries?outcome=delivered' | grep -q 'alertmanager'; }
shipped_rules() { get prometheus 9090 /api/v1/rules | grep -q '"name":"HighErrorRate"'; }
# What Grafana's "Test" asks of the data source of alerts.
evaluator_answers() { get alert-evaluator 3003 '/api/v1/query?query=1%2B1' | grep -q '"success"'; }
in_grafana() { curl -sf --max-time 10 -u "admin:$(compose exec -T grafana cat /run/tocsin/admin-password)" "http://$(address grafana 3000)$1"; }
dashboards() { [ "$(in_grafana '/api/search?tag=tocsin' | grep -o '"uid":"tocsin-' | wc -l)" -eq "$(ls grafana/dashboards/*.json | wc -l)" ]; }
data_source() { in_grafana "/api/datasources/uid/$1/health" | grep -q '"OK"'; }
# in_inbox STATE ALERT: a mail whose subject has both.
in_inbox() { get mailpit 8025 /api/v1/messages | grep -o '"Subject":"[^"]*"' | grep -i "$1" | grep -q "$2"; }
healthy() { [ -z "$(compose ps -a --format '{{.Service}} {{.Health}}' | grep -vE ' healthy$|^passwords')" ]; }

compose build -q
say 'the image is built'
up=$SECONDS
compose up -d --wait --wait-timeout 600 --quiet-pull "${services[@]}" >"$messages" 2>&1 ||
  fail "not everything became healthy within 600 s: $(tail -n 5 "$messages")"
say "everything is healthy, $((SECONDS - up)) s after docker compose up"

until_true 60 'Prometheus has loaded the shipped rules' shipped_rules
until_true 60 'the alert evaluator answers as a data source' evaluator_answers
case " ${services[*]} " in *' grafana '*)
  until_true 60 "Grafana has the dashboards, and lets its administrator in" dashboards
  until_true 60 'its data sources pass their test' data_source prometheus
  until_true 60 "and the alert evaluator's" data_source tocsin-alerts
  ;;
esac

publish compose_proof 2
until_true 300 'Prometheus has scraped the metric' in_prometheus compose_proof 2
until_true 300 'the rule fires in Prometheus' in_prometheus "$firing" 1
until_true 300 'Alertmanager has the alert' in_alertmanager
until_true 300 'its webhook has reached the notifier, which delivered it' webhook_taken
until_true 300 'the mail is in the inbox' in_inbox FIRING ComposeProof

# A crash of each: Docker starts them again. NATS goes and comes back under all of them.
for service in collector alert-evaluator notifier; do
  compose exec -T "$service" bash -c 'kill -9 -1' >/dev/null 2>&1 || true
done
compose kill nats >/dev/null 2>&1
compose start nats >/dev/null 2>&1
until_true 300 'everything is healthy again after crashes of NATS, collector, alert-evaluator and notifier' healthy

# What happens while nobody can be told is told afterwards.
compose kill notifier >/dev/null 2>&1
publish compose_proof 0
until_true 300 'Prometheus has seen the end, while the notifier is down' in_prometheus compose_proof 0
compose start notifier >/dev/null 2>&1
until_true 300 'the mail about the end is in the inbox' in_inbox RESOLVED ComposeProof

# Prometheus alone is enough, should the alert evaluator be down.
compose kill alert-evaluator >/dev/null 2>&1
publish compose_alone 2
until_true 300 'Prometheus told of another alert without the alert evaluator' in_inbox FIRING ComposeAlone
compose start alert-evaluator >/dev/null 2>&1
until_true 300 'everything is healthy again' healthy

denied=$(compose logs --no-color nats | grep -c Violation || true)
[ "$denied" -eq 0 ] || fail "NATS denied $denied times what a service asked: $(compose logs --no-color nats | grep -m 3 Violation)"
compose stop --timeout 30 "${APP_SERVICES[@]}" >/dev/null 2>&1
for service in "${APP_SERVICES[@]}"; do
  code=$(compose ps -a --format '{{.ExitCode}}' "$service")
  [ "$code" = 0 ] || fail "$service ended with exit code $code on SIGTERM"
done
say 'SIGTERM ends every service in order, with exit code 0'
say 'passed'
