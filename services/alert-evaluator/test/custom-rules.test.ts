import { rpcEnvelope } from '@tocsin/contract'
import { type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './start-world.ts'

let world: World
let evaluator: ServiceUnderTest

beforeAll(async () => {
  world = await startWorld()
  evaluator = await world.start()
})
afterAll(async () => {
  await evaluator?.stop()
  await world?.stop()
})

const rule = {
  name: 'CustomMetricAlert',
  expression: 'custom_metric > 100',
  severity: 'medium',
  labels: { category: 'custom', component: 'my-service' },
  annotations: { summary: 'Custom metric is too high' },
}

async function call(verb: string, request: object) {
  const reply = await world.nc.request(`monitoring.rpc.alert-evaluator.${verb}`, JSON.stringify(request), {
    timeout: 5000,
  })
  return rpcEnvelope.parse(reply.json())
}

test('a rule put over NATS fires at once on what is already there, and resolves when it is deleted', async () => {
  await world.gauge('custom_metric', 150)
  expect(await call('put-rule', rule)).toEqual({ ok: true, data: { name: rule.name, replaced: false } })
  const [fired] = await world.untilStates(['firing'])
  expect(fired).toMatchObject({
    alertname: 'CustomMetricAlert',
    origin: 'custom',
    severity: 'medium',
    labels: { category: 'custom', component: 'my-service', severity: 'medium' },
  })
  expect(await call('list-rules', {})).toEqual({ ok: true, data: { rules: [rule] } })
  expect(await call('delete-rule', { name: rule.name })).toMatchObject({ ok: true, data: { deleted: true } })
  await world.untilStates(['firing', 'resolved'])
  expect(await call('delete-rule', { name: rule.name })).toMatchObject({ ok: true, data: { deleted: false } })
})

test('a rule whose expression is wrong is refused with the position', async () => {
  const reply = await call('put-rule', { ...rule, expression: 'sum(custom_metric' })
  expect(reply).toMatchObject({ ok: false, error: { code: 'invalid_rule' } })
  expect(JSON.stringify(reply)).toContain('could not parse expression: 1:')
  const answer = await world.api(evaluator, '/api/v1/rules/custom', {
    method: 'POST',
    body: JSON.stringify({ ...rule, expression: 'sum(custom_metric' }),
  })
  expect(answer).toMatchObject({ code: 400, status: 'error', errorType: 'bad_data' })
  expect(answer.error).toContain('could not parse expression: 1:')
})

test('rules are created, read, replaced and deleted over HTTP, and outlive a restart', async () => {
  const at = '/api/v1/rules/custom'
  const send = (method: string, path: string, body?: object) =>
    world.api(evaluator, path, { method, ...(body && { body: JSON.stringify(body) }) })
  const named = { ...rule, name: 'Über/Regel 1' }
  const place = `${at}/${encodeURIComponent(named.name)}`

  expect(await send('POST', at, named)).toMatchObject({
    code: 201,
    data: { name: named.name, replaced: false },
  })
  expect(await send('GET', place)).toMatchObject({ code: 200, data: named })
  expect(await send('PUT', place, { ...named, for: '5m' })).toMatchObject({
    code: 200,
    data: { replaced: true },
  })
  expect(await send('PUT', place, rule)).toMatchObject({ code: 400 })
  expect(await send('POST', at, { ...rule, severity: 'urgent' })).toMatchObject({
    code: 400,
    errorType: 'bad_data',
  })
  expect(await send('POST', at, { ...rule, annotations: { summary: '{{ $nope }}' } })).toMatchObject({
    code: 400,
    error: expect.stringContaining('undefined variable "$nope"'),
  })

  await evaluator.restart()
  expect(await send('GET', at)).toMatchObject({ data: { rules: [{ ...named, for: '5m' }] } })
  const { data } = await send('GET', '/api/v1/rules')
  expect(data.groups).toMatchObject([{ name: 'custom', rules: [{ name: named.name, duration: 300 }] }])
  expect(await send('DELETE', place)).toMatchObject({ code: 200, data: { deleted: true } })
  expect(await send('DELETE', place)).toMatchObject({ code: 404, errorType: 'not_found' })
  expect(await send('GET', place)).toMatchObject({ code: 404 })
})

test('a NATS that is restarted ends neither the evaluation nor the following of rules', async () => {
  await world.nats.restart()
  await waitFor(() => call('put-rule', { ...rule, name: 'AfterRestart', expression: 'after_restart > 1' }), {
    what: 'the evaluator to be back',
    timeoutMs: 15_000,
  })
  await world.gauge('after_restart', 2)
  await world.untilStates(['firing'], 'AfterRestart')
  await call('delete-rule', { name: 'AfterRestart' })
  await world.untilStates(['firing', 'resolved'], 'AfterRestart')
})

test('a dry run says what rules would do now, over HTTP and NATS, and does nothing', async () => {
  await world.gauge('tried', 7, { n: '1' })
  await world.gauge('tried', 3, { n: '2' })
  const tried = { ...rule, name: 'Tried', expression: 'tried > 5', for: '1m' }
  const said = {
    name: 'Tried',
    type: 'alerting',
    query: 'tried > 5',
    results: 1,
    alerts: [
      { state: 'pending', value: '7e+00', labels: { alertname: 'Tried', n: '1', severity: 'medium' } },
    ],
    warnings: [],
    evaluationTime: expect.any(Number),
  }
  await waitFor(async () => {
    const answer = await dryRun(JSON.stringify(tried), 'application/json')
    expect(answer).toMatchObject({ data: { groups: [{ name: 'custom', rules: [said] }] } })
    return true
  })
  expect(await call('dry-run', tried)).toMatchObject({ ok: true, data: { groups: [{ rules: [said] }] } })
  const file = (expr: string) => `groups:
  - name: g
    rules:
      - record: tried:sum
        expr: sum(tried)
      - alert: Tried
        expr: ${expr}
`
  expect(await dryRun(file('tried / on () tried'), 'application/yaml')).toMatchObject({
    data: {
      groups: [
        {
          rules: [
            { series: [{ labels: { __name__: 'tried:sum' }, value: '1e+01' }] },
            { results: 0, error: expect.stringContaining('many-to-many') },
          ],
        },
      ],
    },
  })
  expect(await dryRun(file('tried >'), 'application/yaml')).toMatchObject({
    errorType: 'bad_data',
    faults: [{ line: 7, column: 15, reason: expect.stringContaining('could not parse expression') }],
  })
  expect(await call('dry-run', { file: file('tried >') })).toMatchObject({
    ok: false,
    error: { code: 'invalid_rule', message: expect.stringContaining('dry-run:7:15') },
  })
  expect((await world.alerts()).filter(({ alertname }) => alertname === 'Tried')).toEqual([])
})

async function dryRun(body: string, type: string) {
  const response = await fetch(`${evaluator.url}/api/v1/rules/dry-run`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  return (await response.json()) as unknown
}

test.each([
  ['a form', 'POST', '', 'application/x-www-form-urlencoded'],
  ['text', 'PUT', '/CustomMetricAlert', 'text/plain'],
] as const)(
  'a rule that is sent as %s is refused with what to say instead',
  async (_, method, place, type) => {
    const answer = await fetch(`${evaluator.url}/api/v1/rules/custom${place}`, {
      method,
      headers: { 'content-type': type },
      body: JSON.stringify(rule),
    })
    const error = `the body is ${type}: send the rule as JSON, with Content-Type: application/json`
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { status: 'error', errorType: 'bad_data', error },
    ])
  },
)

test.each([
  ['does not answer', () => world.nats.pause(), () => world.nats.resume()],
  ['is not there', () => world.nats.kill(), () => world.nats.restart()],
] as const)(
  'while NATS %s, a rule is refused with the reason, to be sent again',
  async (_, leave, comeBack) => {
    await leave()
    const answer = await fetch(`${evaluator.url}/api/v1/rules/custom`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    })
    await comeBack()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await answer.json()).toMatchObject({
      error: { code: 'timeout', message: expect.stringContaining('NATS did not answer in time') },
    })
  },
  60_000,
)
