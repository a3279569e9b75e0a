import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '@tocsin/servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNotificationTemplates } from '../src/mod.ts'
import { asJson, sampleData } from './sample-data.ts'

// Every case is rendered by Go's own templates in amtool, and by ours.
const run = promisify(execFile)
const amtool = findProgram(['amtool'])
/** Where Debian puts the templates that Alertmanager comes with. */
const SHIPPED = '/usr/share/prometheus/alertmanager'
const OWN = `{{ define "own.row" }}<td style="color: {{ if eq .Status "firing" }}#b91c1c{{ else }}#15803d{{ end }}">
{{- range .Labels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end -}}
<a href="{{ .GeneratorURL }}" title="{{ .Annotations.summary }}">source</a></td>{{ end }}
{{ define "own" }}<table>{{ range .Alerts }}<tr>{{ template "own.row" . }}</tr>{{ end }}</table>{{ end }}`
const SEPARATOR = '\n<hr>\n'
const alert = '(index .Alerts 0)'
const labels = `${alert}.Labels`

const values = [
  ...['hostile', 'url', 'script', 'style', 'nope'].map((name) => `${labels}.${name}`),
  ...[
    '#fff',
    '50%',
    'a,b 2x',
    'foo',
    '-->',
    '</script>',
    '\\u2028',
    '//x',
    '/a b',
    'mailto:x@y',
    'tel:1',
    'a--b',
  ].map((text) => `"${text}"`),
  `(${labels}.hostile | safeHtml)`,
  '(safeHtml "<b a=\'1\'>x</b> &amp; y")',
  `${alert}.StartsAt`,
  '5',
  '1.5',
  'true',
  '(len .Alerts)',
]
const places = [
  '<p>{}</p>',
  '<a href="{}">x</a>',
  "<a href='{}'>x</a>",
  '<a href="/x/{}/y">x</a>',
  '<a href="/x?q={}&amp;z={}">x</a>',
  '<a href="/x#{}">x</a>',
  '<p title="{}">x</p>',
  "<p title='{}'>x</p>",
  '<p title=a{}>x</p>',
  '<p style="color: {}">x</p>',
  '<p style="background: url({})">x</p>',
  '<p style="background: url(\'{}\')">x</p>',
  '<p style="font-family: \'{}\'">x</p>',
  '<style>p { color: {} }</style>',
  '<style>/* {} */ p {}</style>',
  '<script>var x = {};</script>',
  '<script>var x = "{}";</script>',
  "<script>var x = '{}'; // {}\nf(1 / 2)</script>",
  '<script type="application/json">{"a": {}}</script>',
  '<p onclick="f({})">x</p>',
  '<p onclick=\'f("{}")\'>x</p>',
  '<title>{}</title>',
  '<textarea>{}</textarea>',
  '<!-- {} -->x',
  '<p {}>x</p>',
  '<p {}="x">x</p>',
  '<img src="{}">',
  '<img srcset="{} 2x, /b 1x">',
  'a < b {} <3',
  '<p data-url="{}" data-x="{}">x</p>',
  '<svg xlink:href="{}"></svg>',
  '<td width={}>x</td>',
  '{{ {} | html }}',
  '<p title="{{ {} | html }}">x</p>',
  '<a href="/?q={{ {} | urlquery }}">x</a>',
]
const page = [
  '<!doctype html><html><body>a',
  '<!--[if mso]><p>x</p><![endif]-->y',
  '<script>/* a */ var b // c\nvar d</script>',
  '<style>/* a */ b {}</style>',
  '<a HREF="{{ "javascript:x" }}">x</a>',
  '<SCRIPT>{{ "a" }}</SCRIPT><p>{{ "<" }}</p>',
  '<br/>{{ "<" }}<br / >{{ "<" }}',
  '<title>a < b {{ "<" }}</title>',
  '< p {{ "<" }}',
  '<style>p:before { content: "{{ "a\\"b\\n" }}" }</style>',
  '{{ if eq .Status "firing" }}<b class="{{ .Status }}">{{ else }}<b>{{ end }}{{ .Receiver }}</b>',
  "{{ range .Alerts }}<li class='{{ .Status }}'>{{ .Labels.hostile }}</li>{{ end }}",
  '<p style="color:{{ "rgb" }};width:{{ 5 }}px;{{ "a" }}:{{ "b" }}">x</p>',
]
const html = [
  ...page,
  ...places.flatMap((place) =>
    values
      // Alertmanager 0.25 is built with a Go that leaves an empty value without quotes empty, which newer ones do not.
      .filter((value) => !(value.endsWith('.nope') && /=a?\{\}>/.test(place)))
      .map((value) => place.replaceAll('{{ {}', `{{ ${value}`).replaceAll('{}', `{{ ${value} }}`)),
  ),
]

const text = [
  ...values.flatMap((value) =>
    [
      '{{ {} }}',
      '{{ {} | html }}',
      '{{ {} | js }}',
      '{{ {} | urlquery }}',
      '{{ if {} }}y{{ else }}n{{ end }}',
      '{{ with {} }}{{ . }}{{ else }}none{{ end }}',
      '{{ not {} }}',
      '{{ print {} {} "a" 1 2 }}',
      '{{ println {} 1 }}',
      '{{ printf "%v|%s|%q|%8v|%-8v|%T" {} {} {} {} {} {} }}',
      '{{ and {} "b" }}{{ or {} "b" }}',
    ].map((template) => template.replaceAll('{}', value)),
  ),
  '{{ define "x" }}{{ . }}{{ end }}{{ template "x" .Status }}{{ block "y" .Receiver }}[{{ . }}]{{ end }}',
  '{{ range $i, $a := .Alerts }}{{ if $i }}, {{ end }}{{ $a.Labels.alertname }}{{ end }}',
  '{{ $x := 1 }}{{ range .Alerts }}{{ $x = .Status }}{{ end }}{{ $x }}',
  '{{ $a := 1 }}{{ if true }}{{ $a := 2 }}{{ $a }}{{ end }}{{ $a }}',
  'x  {{- "a" -}}  b  {{- /* c */ -}}  d {{/* e */}}',
  '{{ range .Alerts }}{{ if eq .Status "resolved" }}{{ break }}{{ end }}{{ .Status }}{{ continue }}x{{ end }}',
  '{{ range .CommonAnnotations }}x{{ else }}none{{ end }}',
  '{{ range $k, $v := .CommonLabels }}{{ $k }}={{ $v }}{{ end }}',
  '{{ if and .Status (eq .Status "firing") }}F{{ else if true }}x{{ end }}',
  '{{ .Alerts.Firing | len }} of {{ len .Alerts }}, {{ len .Alerts.Resolved }}',
  '{{ .CommonLabels.SortedPairs.Names | join ", " }}{{ .GroupLabels.Values | join "," }}',
  `{{ range ${labels}.SortedPairs }}{{ .Name }}:{{ .Value }};{{ end }}`,
  `{{ (${labels}.Remove (stringSlice "url" "style")).Names | join " " }}`,
  `{{ (${labels}.Remove .GroupLabels.Names).Values | join " " }}`,
  '{{ reReplaceAll "(S)(l)" "$2$1" .CommonLabels.alertname }}{{ match "^S.*w$" "Slow" }}',
  '{{ "x" | toUpper | toLower | title }}{{ title "hello wORLD it\'s a-b c_d 3d" }}',
  '{{ $a := index .Alerts 1 }}{{ $a.EndsAt.Sub $a.StartsAt }} {{ ($a.EndsAt.Sub $a.StartsAt).Minutes }}',
  `{{ ${alert}.StartsAt.Format "Mon Monday Jan January 1 01 2 02 _2 002 3 03 15 4 04 5 05 PM pm MST Z07:00 -0700 2006 06 .000 .999" }}`,
  `{{ ${alert}.StartsAt.Unix }} {{ ${alert}.StartsAt.Month }} {{ ${alert}.StartsAt.Weekday }} {{ ${alert}.EndsAt.IsZero }} {{ ${alert}.StartsAt.YearDay }}`,
  `{{ ${alert}.StartsAt.AddDate 0 1 1 }} {{ ${alert}.StartsAt.Add 1000000000 }} {{ (${alert}.StartsAt.Truncate 60000000000).Format "15:04:05" }}`,
  '{{ printf "%6.2f|%-6s|%6s|%x|%X|%c|%U|%e|%g|%08.3f|%+d|% d|%#x|%#q|%o|%b" 3.14159 "ab" "cd" "hi" 255 65 65 1234.5 1e21 3.14159 5 5 255 "x" 8 5 }}',
  '{{ printf "%[2]s %[1]s" "a" "b" }}{{ printf "%d %s" "a" 1 }}{{ printf "%s" }}{{ printf "x" 1 }}',
  '{{ eq 1 1 2 }}{{ ne "a" "b" }}{{ le 1 1 }}{{ ge "b" "a" }}{{ gt 1.5 1.0 }}{{ lt 1 2 }}',
  '{{ slice "abcdef" 1 3 }}{{ slice .Alerts 0 1 | len }}{{ index "abc" 1 }}{{ index .CommonLabels "alertname" }}',
  '{{ 0x1F }} {{ 1e3 }} {{ 1_000 }} {{ \'a\' }} {{ "\\u00e9\\x41" }} {{ `r\\n` }} {{ .5 }} {{ -1 }} {{ 1.0 }} {{ 100000000.0 }}',
  '{{ html "<a>" 1 2 "b" }}{{ urlquery "a b" "c" }}{{ js "</script>\'" }}',
  '{{ eq (safeHtml "b") "b" }}{{ stringSlice "a" "b" }}',
]

/** What neither takes. */
const refused = [
  '{{',
  '{{ if }}x{{ end }}',
  '{{ end }}',
  '{{ define "x" }}',
  '{{ if true }}{{ define "z" }}{{ end }}{{ end }}',
  '{{ $x }}',
  '{{ nope }}',
  '{{ 1 | 2 }}',
  '{{ break }}',
  '{{ .Foo }}',
  '{{ .Status.Foo }}',
  '{{ index .Alerts 7 }}',
  '{{ join "," "a" }}',
  '{{ toUpper 1 }}',
  '{{ "a" "b" }}',
  '{{ lt 1 2.0 }}',
  '{{ not true false }}',
  '{{ template "nope" }}',
  '{{ range .Status }}x{{ end }}',
  '{{ define "x" }}a{{ end }}{{ define "x" }}b{{ end }}',
  '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
]
const refusedHtml = [
  '<p title="x" title={{ 1 }}',
  '<p a=b"c>{{ 1 }}',
  '<script>{{ 1 }}',
  '<p title=`{{ 1 }}`>',
  '<p>{{ "a" | html | print }}</p>',
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-amtool-'))
  await writeFile(join(folder, 'data.json'), JSON.stringify(asJson(sampleData)))
  await writeFile(join(folder, 'own.tmpl'), OWN)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function byAmtool(type: 'text' | 'html', template: string): Promise<string> {
  if (!amtool) throw new Error('amtool is not installed: install the package prometheus-alertmanager')
  const { stdout } = await run(amtool, [
    'template',
    'render',
    `--template.glob=${join(folder, '*.tmpl')}`,
    `--template.type=${type}`,
    `--template.text=${template}`,
    `--template.data=${join(folder, 'data.json')}`,
  ])
  return stdout
}

const ours = createNotificationTemplates([], () => 0)

describe('as the templates of the real Alertmanager', { timeout: 60_000 }, () => {
  it.each([
    ['text', text],
    ['html', html],
  ] as const)('each %s is the same', async (type, cases) => {
    const theirs: string[] = []
    for (let from = 0; from < cases.length; from += 100) {
      const joined = await byAmtool(type, cases.slice(from, from + 100).join(SEPARATOR))
      theirs.push(...joined.split(SEPARATOR))
    }
    expect(theirs).toHaveLength(cases.length)
    const differing = cases.flatMap((template, i) => {
      const got = ours[type](template, sampleData)
      return got === theirs[i] ? [] : [{ template, got, wanted: theirs[i] }]
    })
    expect(differing).toEqual([])
  })

  it.each([
    ...refused.map((template) => ['text', template] as const),
    ...refusedHtml.map((template) => ['html', template] as const),
  ])('neither takes the %s %j', async (type, template) => {
    await expect(byAmtool(type, template)).rejects.toThrow()
    expect(() => ours[type](template, sampleData)).toThrow(/^template: :\d+:\d+: /)
  })

  it("a user's file, and Alertmanager's own where they are installed, are rendered to the same bytes", async () => {
    const shipped = ['default.tmpl', 'email.tmpl'].filter((name) => existsSync(join(SHIPPED, name)))
    for (const name of shipped) await copyFile(join(SHIPPED, name), join(folder, name))
    const files = [...shipped, 'own.tmpl']
    const sources = await Promise.all(
      files.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
    )
    const templates = createNotificationTemplates(sources, () => 0)
    const names = templates.names.filter((name) =>
      /^(?:email|slack|opsgenie|pushover)\.default|^own$/.test(name),
    )
    expect(names).toContain('own')
    for (const name of names)
      for (const type of ['text', 'html'] as const) {
        const template = `{{ template "${name}" . }}`
        expect(templates[type](template, sampleData), name).toBe(await byAmtool(type, template))
      }
  })
})
