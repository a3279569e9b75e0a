import { expect, test } from 'vitest'
import { acceptsGzip, chooseFormat } from './choose-format.ts'

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,' +
  'text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
const PROMETHEUS_3 =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,' +
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

test.each([
  ['nothing', undefined, 'text/plain; version=0.0.4; charset=utf-8'],
  ['anything', '*/*', 'text/plain; version=0.0.4; charset=utf-8'],
  ['a browser', 'text/html,application/xml;q=0.9,*/*;q=0.8', 'text/plain; version=0.0.4; charset=utf-8'],
  ['Prometheus 2', PROMETHEUS_2, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
  ['Prometheus 3', PROMETHEUS_3, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
  [
    'only the early version',
    'application/openmetrics-text; version="0.0.1"',
    'application/openmetrics-text; version=0.0.1; charset=utf-8',
  ],
  [
    'a version we do not write',
    'application/openmetrics-text; version=2.0.0',
    'text/plain; version=0.0.4; charset=utf-8',
  ],
  [
    'text first',
    'application/openmetrics-text;q=0.2, text/plain',
    'text/plain; version=0.0.4; charset=utf-8',
  ],
  ['OpenMetrics refused', 'application/openmetrics-text;q=0', 'text/plain; version=0.0.4; charset=utf-8'],
])('a client that accepts %s gets what it understands', (_, accept, contentType) => {
  expect(chooseFormat(accept).contentType).toBe(contentType)
})

test.each([
  ['gzip', true],
  ['gzip, deflate, br', true],
  ['*', true],
  ['gzip;q=0, *', false],
  ['identity', false],
  [undefined, false],
])('Accept-Encoding %s: gzip %s', (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected)
})
