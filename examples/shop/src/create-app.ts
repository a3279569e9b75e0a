import { metrics, monitorRequests } from '@tocsin/sdk'
import express, { type ErrorRequestHandler, type Express, type RequestHandler, Router } from 'express'
import { breakages, isBreakage } from './breakage.ts'
import type { ShopDatabase } from './open-database.ts'
import { createShop, ShopError } from './sell.ts'

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/
/** How long after its last request a client counts as active, in ms. */
const ACTIVE_MS = 60_000

/** The shop's HTTP face. */
export function createApp(database: ShopDatabase): Express {
  const shop = createShop(database)
  const app = express()
  app.disable('x-powered-by')
  app.use(monitorRequests(), countActiveUsers(), express.json())

  app.get('/products', (_, response) => void response.json(shop.listProducts()))
  app.get('/products/:id', (request, response) => void response.json(shop.readProduct(request.params.id)))
  app.post('/carts', (_, response) => void response.status(201).json(shop.openCart()))
  app.post('/carts/:id/items', (request, response) => {
    const { product, quantity } = Object(request.body)
    response.status(201).json(shop.addToCart(request.params.id, product, quantity))
  })
  app.post(
    '/orders',
    (request, response) => void response.status(201).json(shop.placeOrder(Object(request.body).cart)),
  )
  app.get('/orders/:id', (request, response) => void response.json(shop.readOrder(request.params.id)))
  app.get('/health', (_, response) => {
    try {
      shop.check()
      response.json({ service: 'shop', status: 'healthy' })
    } catch (error) {
      const { message } = error as Error
      response.status(503).json({ service: 'shop', status: 'unhealthy', message, broken: database.broken })
    }
  })
  app.use('/admin', onlyLoopback, administer(database))
  app.use(answerErrors)
  return app
}

/** `POST /admin/break {"how": "drop" | "lock"}` and `POST /admin/heal`. */
function administer(database: ShopDatabase): Router {
  const admin = Router()
  admin.post('/break', (request, response) => {
    const how: unknown = Object(request.body).how ?? 'drop'
    if (!isBreakage(how)) throw new ShopError(400, `how is one of ${breakages.join(', ')}`)
    database.break(how)
    response.json({ broken: how })
  })
  admin.post('/heal', (_, response) => {
    database.heal()
    response.json({ broken: null })
  })
  return admin
}

const onlyLoopback: RequestHandler = (request, response, next) => {
  if (LOOPBACK.test(request.socket.remoteAddress ?? '')) next()
  else response.status(403).json({ error: 'only from this machine' })
}

const answerErrors: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error)
  // express.json() gives its own faults a status too.
  const status = typeof error.status === 'number' ? error.status : 500
  response.status(status).json({ error: error.message })
}

/** `active_users`: clients, by the name they give, that asked for something within the last minute. */
function countActiveUsers(): RequestHandler {
  const lastSeen = new Map<string, number>()
  return (request, _response, next) => {
    const now = Date.now()
    const user = request.get('x-user')
    if (user !== undefined && (lastSeen.has(user) || lastSeen.size < 10_000)) lastSeen.set(user, now)
    for (const [name, seen] of lastSeen) if (now - seen > ACTIVE_MS) lastSeen.delete(name)
    metrics.activeUsers.set(lastSeen.size)
    next()
  }
}
