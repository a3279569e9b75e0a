import { createMetricReader, type MetricReading } from '@tocsin/contract'
import { decodeJson, type Stage } from './stages.ts'

/**
 * Bytes of a metrics message to what it says: at once where they are written plainly, through JSON otherwise. What it
 * answers is valid until its next message, so the stage behind it must not wait. Refuses as {@link decodeJson} does.
 */
export function createMetricDecoder(): Stage<Uint8Array, MetricReading> {
  const reader = createMetricReader()
  return (bytes, delivery) => reader.read(bytes) ?? reader.readJson(decodeJson(bytes, delivery))
}
