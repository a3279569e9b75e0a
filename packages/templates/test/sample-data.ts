import type { TemplateData } from '../src/mod.ts'

const labels = {
  alertname: 'Slow',
  severity: 'high',
  hostile: '<x> "q" \'a\' & + ` = %41 \\ é\u2028',
  url: 'http://h/p?a=b&c=d#f g',
  script: 'javascript:alert(1)',
  style: 'red; x: expression(1)',
}

/** Data with what a hostile label may hold, as the engine takes it. */
export const sampleData: TemplateData = {
  Receiver: 'on call/1',
  Status: 'firing',
  Alerts: [
    {
      Status: 'firing',
      Labels: labels,
      Annotations: { summary: 'a & b' },
      StartsAt: '2026-03-01T12:00:05.123Z',
      EndsAt: '0001-01-01T00:00:00Z',
      GeneratorURL: 'http://p/g?x=1&y=%20z',
      Fingerprint: 'abc',
    },
    {
      Status: 'resolved',
      Labels: { alertname: 'Slow', severity: 'low', instance: 'i:1' },
      Annotations: { summary: 'sum' },
      StartsAt: '2026-03-01T12:00:05Z',
      EndsAt: '2026-03-01T13:30:05.5Z',
      GeneratorURL: '',
      Fingerprint: 'abd',
    },
  ],
  GroupLabels: { alertname: 'Slow' },
  CommonLabels: { alertname: 'Slow' },
  CommonAnnotations: {},
  ExternalURL: 'http://am:9093',
}

/** The same as amtool reads it. */
export function asJson(data: TemplateData): object {
  const lower = (value: object): object =>
    Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        name === 'ExternalURL' ? 'externalURL' : name.charAt(0).toLowerCase() + name.slice(1),
        field,
      ]),
    )
  return { ...lower(data), alerts: data.Alerts.map(lower) }
}
