# One image for all of Tocsin's services. The command says which one runs:
#   docker build -t tocsin . && docker run --rm -e NATS_URL=… tocsin services/notifier/src/main.ts
# For several platforms: docker buildx build --platform linux/amd64,linux/arm64 -t … .
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS node

# What is needed of the repository: a change of a source file leaves the layers of the manifests as they are.
FROM node AS pick
COPY . /repository
RUN node /repository/deploy/docker/pick-production.mjs /repository /picked

FROM node AS dependencies
WORKDIR /app
COPY --from=pick /picked/manifests ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM debian:bookworm-slim
# Nothing in it gives anybody the rights of another.
RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
  && groupadd --gid 10001 tocsin \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/tocsin --shell /usr/sbin/nologin tocsin \
  && install -d -o tocsin -g tocsin /var/lib/tocsin /run/tocsin /var/cache/tocsin
COPY --from=node /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
# TypeScript runs as it is: no build. New objects get 4 MiB (see packages/servers/src/run-service.ts).
ENV NODE_ENV=production \
  NODE_OPTIONS=--max-semi-space-size=4 \
  NODE_COMPILE_CACHE=/var/cache/tocsin
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=pick /picked/sources ./
COPY docs/runbooks ./docs/runbooks
COPY deploy/docker/check-ready.sh deploy/docker/warm-compile-cache.mjs ./deploy/docker/
USER 10001:10001
RUN node deploy/docker/warm-compile-cache.mjs
# Credentials may come as a file; what the environment says goes first.
ENTRYPOINT ["node", "--env-file-if-exists=/run/tocsin/nats.env"]
CMD ["services/collector/src/main.ts"]
LABEL org.opencontainers.image.title=tocsin org.opencontainers.image.licenses=Apache-2.0
