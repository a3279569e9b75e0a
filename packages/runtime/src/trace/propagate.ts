import type { MsgHdrs } from '@nats-io/transport-node'
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api'

/** Headers that can be written. */
export type HeaderSink = Pick<MsgHdrs, 'set'>

const setter: TextMapSetter<HeaderSink> = { set: (carrier, key, value) => carrier.set(key, value) }
const getter: TextMapGetter<MsgHdrs> = {
  keys: (carrier) => carrier.keys(),
  get: (carrier, key) => carrier.get(key) || undefined,
}

/** Writes the present trace context into a message's headers (W3C `traceparent`); nothing when tracing is off. */
export function injectTrace(headers: HeaderSink): void {
  propagation.inject(context.active(), headers, setter)
}

/** The trace context that a message carries. */
export function extractTrace(headers: MsgHdrs | undefined): Context {
  return headers ? propagation.extract(ROOT_CONTEXT, headers, getter) : ROOT_CONTEXT
}
