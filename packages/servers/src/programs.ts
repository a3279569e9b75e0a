export type ServerName = 'nats' | 'redis' | 'prometheus' | 'alertmanager'

export interface ServerProgram {
  /** The server under every name that a distribution gives it, in order of preference. */
  readonly programs: readonly string[]
  /** Tools that come in the same package. */
  readonly tools: readonly string[]
  readonly apt: string
  readonly brew: string
  readonly image: string
  /** The server's name inside the image. */
  readonly entrypoint: string
  readonly homepage: string
}

/** What each server is called where: on PATH, in Debian, in Homebrew, as an image. */
export const SERVER_PROGRAMS: Readonly<Record<ServerName, ServerProgram>> = {
  nats: {
    programs: ['nats-server'],
    tools: [],
    apt: 'nats-server',
    brew: 'nats-server',
    image: 'nats:2.10-alpine',
    entrypoint: 'nats-server',
    homepage: 'https://nats.io/download/',
  },
  redis: {
    programs: ['redis-server', 'valkey-server'],
    tools: ['redis-cli', 'valkey-cli'],
    apt: 'redis-server',
    brew: 'redis',
    image: 'redis:7-alpine',
    entrypoint: 'redis-server',
    homepage: 'https://redis.io/downloads/',
  },
  prometheus: {
    programs: ['prometheus'],
    tools: ['promtool'],
    apt: 'prometheus',
    brew: 'prometheus',
    image: 'prom/prometheus:v3.5.0',
    entrypoint: 'prometheus',
    homepage: 'https://prometheus.io/download/',
  },
  alertmanager: {
    programs: ['prometheus-alertmanager', 'alertmanager'],
    tools: ['amtool'],
    apt: 'prometheus-alertmanager',
    brew: 'alertmanager',
    image: 'prom/alertmanager:v0.28.1',
    entrypoint: 'alertmanager',
    homepage: 'https://prometheus.io/download/#alertmanager',
  },
}

export const isServerName = (name: string): name is ServerName => Object.hasOwn(SERVER_PROGRAMS, name)
