import { monitoring } from './default-monitoring.ts'
import { createTelemetry, type Telemetry, type TelemetryOptions } from './opentelemetry/tocsin-telemetry.ts'

export { recordEverySpan } from './opentelemetry/keep-recording.ts'
export {
  createTelemetry,
  type Telemetry,
  type TelemetryOptions,
  type TelemetrySpanProcessor,
} from './opentelemetry/tocsin-telemetry.ts'

/**
 * Makes the application's spans and metrics of OpenTelemetry part of its monitoring, without an exporter.
 * @example new NodeSDK({ ...tocsinTelemetry(), instrumentations }).start()
 */
export function tocsinTelemetry(options: TelemetryOptions = {}): Telemetry {
  return createTelemetry(monitoring, options)
}
