import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from 'fastify'
import type { RecordRequest } from '../record/create-recorder.ts'
import type { SpanReference, Tracing } from '../series/active-trace.ts'
import { CLIENT_CLOSED, UNMATCHED } from './request-labels.ts'

interface UnderWay {
  readonly started: number
  readonly span: SpanReference | null
}

/** A plugin of fastify that records every request once, under the pattern of its route, when its answer has ended. */
export function createFastifyPlugin(
  record: RecordRequest,
  tracing: Tracing,
  onRegistered = () => {},
): FastifyPluginCallback {
  const underWay = new WeakMap<FastifyRequest, UnderWay>()

  function end(request: FastifyRequest, status: number): void {
    const known = underWay.get(request)
    if (known === undefined) return
    underWay.delete(request)
    const { url = UNMATCHED } = request.routeOptions
    const route = request.is404 ? UNMATCHED : url
    record(request.method, route, status, performance.now() - known.started, known.span)
  }

  function plugin(app: FastifyInstance, _options: unknown, done: () => void): void {
    onRegistered()
    app.addHook('onRequest', (request, _reply, next) => {
      underWay.set(request, { started: performance.now(), span: tracing.active?.() ?? null })
      next()
    })
    app.addHook('onResponse', (request, reply, next) => {
      end(request, reply.statusCode)
      next()
    })
    app.addHook('onRequestAbort', (request, next) => {
      end(request, CLIENT_CLOSED)
      next()
    })
    done()
  }

  return Object.assign(plugin, {
    // It concerns the routes of whoever registers it, not only those within the plugin.
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: '@tocsin/sdk',
    [Symbol.for('plugin-meta')]: { name: '@tocsin/sdk', fastify: '>=4' },
  })
}
