import type { MetricDefinitions } from './metric-definition.ts'

/** What every service says of itself and of its way with NATS, Redis and HTTP. */
export const runtimeMetrics = {
  buildInfo: {
    name: 'tocsin_build_info',
    type: 'gauge',
    labels: ['service', 'version'],
    help: 'Always 1; the labels say what runs.',
  },
  natsConnected: {
    name: 'tocsin_nats_connected',
    type: 'gauge',
    labels: [],
    help: '1 while connected to NATS.',
  },
  natsReconnectsTotal: {
    name: 'tocsin_nats_reconnects_total',
    type: 'counter',
    labels: [],
    help: 'Reconnections to NATS.',
  },
  redisConnected: {
    name: 'tocsin_redis_connected',
    type: 'gauge',
    labels: [],
    help: '1 while connected to Redis; only of services that use it.',
  },
  publishesTotal: {
    name: 'tocsin_publishes_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Messages published to JetStream: stored, duplicate, or why not.',
  },
  messagesTotal: {
    name: 'tocsin_messages_total',
    type: 'counter',
    labels: ['stream', 'consumer', 'outcome', 'reason'],
    help: 'Messages by what became of them (acked, retried, refused, part_refused), and why.',
  },
  messageDurationSeconds: {
    name: 'tocsin_message_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['stream', 'consumer'],
    help: 'From reading a message to its decision.',
    buckets: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
  },
  streamLagMessages: {
    name: 'tocsin_stream_lag_messages',
    type: 'gauge',
    labels: ['stream', 'consumer'],
    help: 'Messages of the stream that this consumer has not read yet.',
  },
  deadLettersTotal: {
    name: 'tocsin_dead_letters_total',
    type: 'counter',
    labels: ['stream', 'reason', 'written'],
    help: 'Dead letters, by whether they were written: others are left to another service, or of a flood.',
  },
  leaseHeld: {
    name: 'tocsin_lease_held',
    type: 'gauge',
    labels: ['lease'],
    help: '1 while this process holds the lease.',
  },
  httpRequestDurationSeconds: {
    name: 'tocsin_http_request_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['method', 'route', 'status'],
    help: 'HTTP requests answered by the service itself, by route pattern.',
    buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
  },
} as const satisfies MetricDefinitions
