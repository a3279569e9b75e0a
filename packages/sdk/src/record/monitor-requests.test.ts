import { describe, expect, it } from 'vitest'
import { routeOf } from './monitor-requests.ts'

describe('the route of a request', () => {
  it.each([
    ['a route', { route: { path: '/products/:id' }, params: { id: '7' } }, '/products/:id'],
    ['a route of a router', { baseUrl: '/api', route: { path: '/products/:id' } }, '/api/products/:id'],
    ['the root of a router', { baseUrl: '/api', route: { path: '/' } }, '/api'],
    ['the root', { baseUrl: '', route: { path: '/' } }, '/'],
    [
      'a mount path with parameters',
      { baseUrl: '/users/7', route: { path: '/orders' }, params: { user: '7' } },
      '/users/:user/orders',
    ],
    [
      'an encoded parameter',
      { baseUrl: '/users/a%20b', route: { path: '/x' }, params: { user: 'a b' } },
      '/users/:user/x',
    ],
    ['several paths', { route: { path: ['/a', '/b'] } }, '/a|/b'],
    ['a pattern', { route: { path: /^\/x\d+$/ } }, '/^\\/x\\d+$/'],
    ['no route', { baseUrl: '' }, 'unmatched'],
  ])('is a pattern for %s', (_, request, expected) => {
    expect(routeOf(request)).toBe(expected)
  })
})
