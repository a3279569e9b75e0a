#!/bin/sh
# Runs once before everything else, as root and without a network: gives every user of permissions.conf and Grafana's
# administrator a password, and the folder of NATS' data to its user. A password that the environment names
# (NATS_APP_PASS) is taken, one that was made before is kept, any other is made. Each service sees its own only.
set -eu
umask 077
cd /passwords

made() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

mkdir -p nats
: >nats/passwords.new
for user in collector alert-evaluator notifier health sla capacity host-agent app operator; do
  variable=NATS_$(echo "$user" | tr 'a-z-' 'A-Z_')_PASS
  eval "given=\${$variable:-}"
  case $given in
  [!A-Za-z]* | *[!A-Za-z0-9_.-]*)
    echo "$variable: begin with a letter, go on with letters, digits, '_', '.' and '-'" >&2
    exit 1
    ;;
  esac
  mkdir -p "$user"
  if [ -n "$given" ]; then
    echo "NATS_PASS=$given" >"$user/nats.env"
  elif [ ! -s "$user/nats.env" ]; then
    echo "NATS_PASS=x$(made)" >"$user/nats.env"
  fi
  echo "export $variable=$(cut -d= -f2 "$user/nats.env")" >>nats/passwords.new
  chown -R 10001:10001 "$user"
  chmod 500 "$user"
  chmod 400 "$user/nats.env"
done
mv nats/passwords.new nats/passwords.env
chown -R 1000:1000 nats /data
chmod 500 nats

# Any characters will do; Grafana reads it when it starts for the first time.
mkdir -p grafana
if [ -n "${GF_SECURITY_ADMIN_PASSWORD:-}" ]; then
  printf %s "$GF_SECURITY_ADMIN_PASSWORD" >grafana/admin-password
elif [ ! -s grafana/admin-password ]; then
  made >grafana/admin-password
fi
chown -R 472:0 grafana
chmod 500 grafana
chmod 400 grafana/admin-password
