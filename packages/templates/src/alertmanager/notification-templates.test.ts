import { describe, expect, it } from 'vitest'
import { sampleData } from '../../test/sample-data.ts'
import { createNotificationTemplates } from './notification-templates.ts'

const nowMs = Date.parse('2026-03-01T14:00:05.123Z')
const templates = createNotificationTemplates([], () => nowMs)
const text = (source: string) => templates.text(source, sampleData)
const html = (source: string) => templates.html(source, sampleData)

// What amtool of Debian does not know yet; the rest is compared with it in test/amtool.test.ts.
describe('functions since Alertmanager 0.26', () => {
  const starts = '(index .Alerts 0).StartsAt'
  it.each([
    ['{{ "  a b\\n" | trimSpace }}', 'a b'],
    ['{{ "a%20b+c%C3%A9" | urlUnescape }}', 'a b cé'],
    [`{{ ${starts} | date "2006-01-02 15:04" }}`, '2026-03-01 12:00'],
    [`{{ ${starts} | tz "Europe/Paris" | date "15:04 MST -07:00" }}`, '13:00 CET +01:00'],
    [`{{ ${starts} | tz "America/New_York" | date "Jan _2 15:04 MST" }}`, 'Mar  1 07:00 EST'],
    [`{{ ${starts} | tz "America/Sao_Paulo" | date "15:04 MST" }}`, '09:00 -03'],
    [`{{ ${starts} | tz "Asia/Kolkata" }}`, '2026-03-01 17:30:05.123 +0530 IST'],
    [`{{ since ${starts} }} {{ since ${starts} | humanizeDuration }}`, '2h0m0s 2h 0m 0s'],
    ['{{ humanizeDuration 90061 }} {{ humanizeDuration "0.5" }}', '1d 1h 1m 1s 500ms'],
    ['{{ .CommonLabels }}|{{ .GroupLabels.SortedPairs }}', 'alertname=Slow|alertname=Slow'],
    ['{{ .GroupLabels | toJson }}{{ "<a>" | toJson }}', '{"alertname":"Slow"}"\\u003ca\\u003e"'],
    ['{{ range 3 }}{{ . }}{{ end }}{{ range $i, $n := 2 }}{{ $i }}{{ end }}', '01201'],
    ['{{ with .CommonAnnotations }}a{{ else with .CommonLabels }}b{{ end }}', 'b'],
  ])('%s', (source, expected) => expect(text(source)).toBe(expected))

  it('writes alerts as Go writes them in JSON', () => {
    const [first] = JSON.parse(text('{{ .Alerts.Firing | toJson }}')) as Record<string, unknown>[]
    expect(Object.keys(first ?? {})).toEqual([
      'status',
      'labels',
      'annotations',
      'startsAt',
      'endsAt',
      'generatorURL',
      'fingerprint',
    ])
    expect(first?.['startsAt']).toBe('2026-03-01T12:00:05.123Z')
  })

  it('lets a URL through that is said to be safe, and no other', () => {
    const link = (value: string) => html(`<a href="{{ ${value} }}">x</a>`)
    expect(link('safeUrl "tel:112"')).toBe('<a href="tel:112">x</a>')
    expect(link('"tel:112"')).toBe('<a href="#ZgotmplZ">x</a>')
  })

  it.each([
    ['{{ "%zz" | urlUnescape }}', 'invalid URL escape "%zz"'],
    ['{{ (index .Alerts 0).StartsAt | tz "Mars/Olympus" }}', 'unknown time zone Mars/Olympus'],
    ['{{ match "(" "a" }}', 'error parsing regexp'],
    ['{{ safeHtml "a" | toUpper }}', 'expected string; got template.HTML'],
    ['{{ humanizeDuration "soon" }}', 'invalid syntax'],
  ])('%s fails with its reason', (source, reason) => expect(() => text(source)).toThrow(reason))
})

describe('where no value can be put safely', () => {
  it.each(['<script>var a = /x{{ 1 }}/;</script>', '<script>`{{ 1 }}`</script>'])(
    '%s is refused',
    (source) => {
      expect(() => html(source)).toThrow(/a value cannot be put safely inside js-/)
    },
  )

  it('an empty value without quotes takes nothing of what follows', () => {
    expect(html('<a title={{ "" }} href="/x">y</a>')).toBe('<a title=ZgotmplZ href="/x">y</a>')
  })
})

describe('a hostile template', () => {
  it.each([
    '{{ range 1000000 }}{{ end }}',
    '{{ range 10000 }}{{ range 10000 }}{{ end }}{{ end }}',
    '{{ $x := "aaaaaaaa" }}{{ range 1000 }}{{ $x = print $x $x }}{{ end }}',
    '{{ range 100000 }}{{ printf "%1000s" "" }}{{ end }}',
    '{{ $x := printf "%1000d" 1 }}{{ range 1000 }}{{ $y := reReplaceAll "(.)" "$1$1" $x }}{{ end }}',
    '{{ range 100000 }}{{ if match "(x+x+)+y" "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }}{{ end }}{{ end }}',
    '{{ range 100000 }}{{ $x := $.Alerts | toJson }}{{ end }}',
    '{{ define "x" }}{{ template "x" . }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
    `${'{{ if true }}'.repeat(5000)}${'{{ end }}'.repeat(5000)}`,
    `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`,
  ])('ends with an error: %.60s', (source) => {
    for (const render of [text, html])
      expect(() => render(source)).toThrow(
        /more than \d+ steps|longer than \d+|maximum template depth|nested more/,
      )
  })
})

describe('check', () => {
  const named = createNotificationTemplates(
    [
      { name: 'a.tmpl', text: '{{ define "a" }}{{ template "b" . }}{{ end }}' },
      {
        name: 'b.tmpl',
        text: '{{ define "b" }}\n{{ template "gone" . }}{{ end }}{{ define "c" }} {{ end }}',
      },
    ],
    () => nowMs,
  )
  it('follows what a source calls, through every file', () => {
    expect(() => named.check('{{ template "a" . }}')).toThrow(
      'template: b.tmpl:2:0: template "gone" is not defined',
    )
    expect(() => named.check('{{ template "c" . }}')).not.toThrow()
    expect(() => named.check('{{ define "gone" }}x{{ end }}{{ template "a" . }}')).not.toThrow()
  })

  it('lets later files replace templates, but not by nothing but space', () => {
    const [first, second] = [
      { name: '1', text: '{{ define "x" }}one{{ end }}{{ define "y" }}one{{ end }}' },
      { name: '2', text: '{{ define "x" }}two{{ end }}{{ define "y" }}  {{ end }}' },
    ]
    const both = createNotificationTemplates([first, second], () => 0)
    expect(both.text('{{ template "x" }}{{ template "y" }}', sampleData)).toBe('twoone')
  })
})
