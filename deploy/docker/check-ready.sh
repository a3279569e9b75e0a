#!/bin/bash
# What a health check runs in the image, every few seconds: whether a service says that it is ready. Exit code 0 if so.
# Not a Node script: those take a tenth of a second of CPU to start.
set -eu
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3
read -r -t 8 _ code _ <&3
[ "$code" = 200 ] && exit
tail -n 1 <&3
exit 1
