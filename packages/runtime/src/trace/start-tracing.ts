import type { Log } from '../log/create-log.ts'

export interface Tracing {
  readonly enabled: boolean
  stop(): Promise<void>
}

/**
 * Starts OpenTelemetry's SDK when an endpoint is named; otherwise loads nothing.
 * Its own variables (`OTEL_*`) apply; the service's name is ours unless `OTEL_SERVICE_NAME` is set.
 */
export async function startTracing(
  service: string,
  endpoint: string | undefined,
  log: Log,
): Promise<Tracing> {
  if (!endpoint) return { enabled: false, stop: async () => {} }
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ])
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const sdk = new NodeSDK({ serviceName: `tocsin-${service}`, traceExporter: new OTLPTraceExporter({ url }) })
  sdk.start()
  log.info({ url }, 'sending traces')
  return {
    enabled: true,
    // A collector that is away must not fail the shutdown.
    stop: () =>
      sdk.shutdown().catch((error: unknown) => log.warn({ err: error }, 'the last traces were not sent')),
  }
}
