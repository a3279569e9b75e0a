import { runService } from '../src/mod.ts'
import { bareEnv } from './bare-service.ts'

/** A service of its own process; what it does when asked shows how a process ends. */
await runService({
  name: 'fixture',
  env: bareEnv,
  port: (env) => env.BARE_PORT,
  start({ http, lifecycle, log }) {
    http.post('/throw', (_request, response) => {
      response.end()
      setImmediate(() => {
        throw new Error('nobody caught this')
      })
    })
    http.post('/reject', (_request, response) => {
      response.end()
      void Promise.reject(new Error('nobody awaited this'))
    })
    http.post('/hang', (_request, response) => {
      lifecycle.onStop('hangs', () => new Promise(() => {}))
      response.end()
    })
    lifecycle.onStop('work', () => log.info('finishing work'))
  },
})
