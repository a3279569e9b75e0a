import { expect, test } from 'vitest'
import { TemplateError } from '../template-error.ts'
import { expandTemplate, parseTemplate } from './expand-alert.ts'
import type { TemplateContext } from './functions.ts'
import type { Sample } from './sample.ts'

const vector: Sample[] = [
  { labels: { __name__: 'metric', instance: 'b', __value__: 'x' }, value: 21 },
  { labels: { __name__: 'metric', instance: 'a' }, value: 11 },
]
const context: TemplateContext = {
  query: (expr) => {
    if (expr === 'broken') throw new Error('query failed')
    return expr === 'missing' ? [] : expr === '1.5' ? [{ labels: {}, value: 1.5 }] : vector
  },
  nowMs: 1_700_000_000_500,
  externalURL: 'http://testhost:9090/path/prefix',
}
const data = { labels: { instance: 'web-1', job: 'shop' }, externalLabels: { region: 'eu' }, value: 123.456 }

const expand = (text: string) => expandTemplate(parseTemplate(text, 'test'), data, context)
const each = (fn: string, values: (string | number)[]) =>
  values.map((v) => expand(`{{ ${fn} ${typeof v === 'string' ? JSON.stringify(v) : v} }}`)).join(':')

test.each([
  ['plain text', 'plain text'],
  ['', ''],
  ['{{ 1 }}', '1'],
  ['{{ "<b>" }}', '<b>'],
  ['{{ `raw "x"` }}', 'raw "x"'],
  ['{{ $labels.instance }} is {{ $value }}', 'web-1 is 123.456'],
  ['{{ .Labels.job }} {{ .Value | printf "%.1f" }} {{ .ExternalLabels.region }}', 'shop 123.5 eu'],
  [
    '{{ $externalLabels.region }} {{ $externalURL }} {{ .ExternalURL }}',
    `eu ${context.externalURL} ${context.externalURL}`,
  ],
  ['{{ $labels.nope }}|{{ .Labels.toString }}|{{ $labels.constructor }}', '||'],
  ['{{ $labels }}', 'map[instance:web-1 job:shop]'],
  ['a {{- 1 -}} b', 'a1b'],
  ['a {{- /* note */ -}} b', 'ab'],
  ['a{{/* note */}}b', 'ab'],
  ['{{ if gt $value 100.0 }}high{{ else if gt $value 50.0 }}mid{{ else }}low{{ end }}', 'high'],
  ['{{ if eq $labels.job "x" "shop" }}yes{{ end }}', 'yes'],
  ['{{ if and $labels.job (not $labels.nope) }}both{{ end }}', 'both'],
  ['{{ or $labels.nope "default" }}', 'default'],
  ['{{ and 1 0 (index 5 1) }}', '0'],
  ['{{ with $labels.nope }}{{ . }}{{ else }}none{{ end }}', 'none'],
  ['{{ with $x := $labels.job }}{{ $x }}{{ . }}{{ end }}', 'shopshop'],
  ['{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}', 'instance=web-1;job=shop;'],
  ['{{ range query "missing" }}x{{ else }}empty{{ end }}', 'empty'],
  [
    '{{ range query "metric" }}{{ if eq .Labels.instance "a" }}{{ break }}{{ end }}{{ .Value }}{{ end }}',
    '21',
  ],
  [
    '{{ range query "metric" }}{{ if eq .Labels.instance "b" }}{{ continue }}{{ end }}{{ .Value }}{{ end }}',
    '11',
  ],
  ['{{ range $i, $s := query "metric" }}{{ $i }}:{{ $s | value }} {{ end }}', '0:21 1:11 '],
  ['{{ $n := 0 }}{{ range query "metric" }}{{ $n = .Value }}{{ end }}{{ $n }}', '11'],
  ['{{define "x"}}{{.arg0}} {{.arg1}}{{end}}{{template "x" (args 1 "2")}}', '1 2'],
  ['{{block "x" $labels}}{{.job}}{{end}}', 'shop'],
  ['{{ (args 1).arg7 }}', '<no value>'],
  ['{{ query "1.5" | first | value }}', '1.5'],
  ['{{ query "metric" | first | label "instance" }}', 'b'],
  ['{{ query "metric" | first | strvalue }}', 'x'],
  ['{{ query "metric" | first | label "foo" }}', ''],
  ['{{ $x := query "metric" | first }}{{ $x.Labels.foo }}{{ $x.Value }}', '21'],
  ['{{ (query "metric" | first).Value }}', '21'],
  [
    '{{ range query "metric" | sortByLabel "instance" }}{{.Labels.instance}}:{{.Value}}: {{end}}',
    'a:11: b:21: ',
  ],
  [
    '{{ len (query "metric") }} {{ len "é" }} {{ index $labels "job" }} {{ slice "abcdef" 1 3 }}',
    '2 2 shop bc',
  ],
  ['{{ "foo.example.com" | stripPort }}', 'foo.example.com'],
  ['{{ "foo.example.com:12345" | stripPort }}', 'foo.example.com'],
  ['{{ "2001:0DB8::1" | stripPort }}', '2001:0DB8::1'],
  ['{{ "[2001:0DB8::1]:12345" | stripPort }}', '2001:0DB8::1'],
  ['{{ "[2001:0DB8::1]::12345" | stripPort }}', '[2001:0DB8::1]::12345'],
  ['{{ "foo.example.com" | stripDomain }}', 'foo'],
  ['{{ "foo.example.com:12345" | stripDomain }}', 'foo:12345'],
  ['{{ "192.0.2.1:12345" | stripDomain }}', '192.0.2.1:12345'],
  ['{{ "[2001:0DB8::1]:12345" | stripDomain }}', '[2001:0DB8::1]:12345'],
  ['{{ "[2001:0DB8::1]::12345" | stripDomain }}', '[2001:0DB8::1]::12345'],
  ['{{ reReplaceAll "(a)b" "x$1" "ab" }}', 'xa'],
  [`{{ reReplaceAll "(?P<host>[a-z]+):.*" "\${host}-$1-$$-$nope" "web:80" }}`, 'web-web-$-'],
  ['{{ match "a+" "aa" }} {{ match "a+" "b" }}', 'true false'],
  ['{{ "aa bb CC" | title }} {{ "aA" | toUpper }} {{ "aA" | toLower }}', 'Aa Bb CC AA aa'],
  ['{{ 1435065584.128 | humanizeTimestamp }}', '2015-06-23 13:19:44.128 +0000 UTC'],
  ['{{ "1435065584.128" | humanizeTimestamp }}', '2015-06-23 13:19:44.128 +0000 UTC'],
  ['{{ (1435065584.128 | toTime).Format "2006-01-02T15:04:05.000Z07:00" }}', '2015-06-23T13:19:44.128Z'],
  [
    '{{ ("1435065584.128" | toTime).Year }} {{ 90 | toDuration }} {{ (90 | toDuration).Minutes }}',
    '2015 1m30s 1.5',
  ],
  ['{{ now }}', '1.7000000005e+09'],
  ['{{ printf "%0.2f" (parseDuration "1h2m10ms") }}', '3720.01'],
  ['{{ urlQueryEscape "a b&c=é*" }}', 'a+b%26c%3D%C3%A9%2A'],
  ['{{ graphLink "up" }} {{ tableLink "up" }}', '/graph?g0.expr=up&g0.tab=0 /graph?g0.expr=up&g0.tab=1'],
  ['{{ pathPrefix }} {{ externalURL }}', `/path/prefix ${context.externalURL}`],
  [
    '{{ html "<a & \'b\'>" }} {{ print 1 2 "x" 3 4 }} {{ println "a" 1 }}',
    '&lt;a &amp; &#39;b&#39;&gt; 1 2x3 4 a 1\n',
  ],
  [
    '{{ printf "%d|%5.1f|%-4s|%04d|%q|%v|%t|%x|%%|%e" 7 3.14159 "ab" 42 "q\\"" 2.50 true 255 12345.678 }}',
    '7|  3.1|ab  |0042|"q\\""|2.5|true|ff|%|1.234568e+04',
  ],
  [
    '{{ printf "%d" $value }} {{ printf "%s" }} {{ printf "x" 1 }}',
    '%!d(float64=123.456) %!s(MISSING) x%!(EXTRA int=1)',
  ],
  [
    '{{ 1000000.0 }} {{ 123456.0 }} {{ 0.00001 }} {{ 0.0001 }} {{ 1e21 }} {{ 100.0 }}',
    '1e+06 123456 1e-05 0.0001 1e+21 100',
  ],
  ["{{ 0x10 }} {{ 'a' }} {{ -3 }} {{ 1_000 }}", '16 97 -3 1000'],
])('%s', (text, expected) => {
  expect(expand(text)).toBe(expected)
})

test.each([
  [
    'humanize',
    [0, 1, 1234567.0, 0.12, '1234567.0', '.12', -1, '9223372036854775807'],
    '0:1:1.235M:120m:1.235M:120m:-1:9.223E',
  ],
  ['humanize1024', [0, 1048576, 0.12, 1234567, -1], '0:1Mi:0.12:1.177Mi:-1'],
  [
    'humanizeDuration',
    [0, 1, 60, 3600, 86400, 90000, -183845, 899.99],
    '0s:1s:1m 0s:1h 0m 0s:1d 0h 0m 0s:1d 1h 0m 0s:-2d 3h 4m 5s:14m 59s',
  ],
  [
    'humanizeDuration',
    [0.1, 0.0001, 0.12345, 60.5, 1.2345, 12.345],
    '100ms:100us:123.5ms:1m 0s:1.234s:12.35s',
  ],
  ['humanizePercentage', [-0.22222, 0, 0.1234567, 1.23456, 1234567], '-22.22%:0%:12.35%:123.5%:1.235e+08%'],
  [
    'humanizeTimestamp',
    [0, -1, 1234567],
    '1970-01-01 00:00:00 +0000 UTC:1969-12-31 23:59:59 +0000 UTC:1970-01-15 06:56:07 +0000 UTC',
  ],
  ['humanize', ['+Inf', '-Inf', 'NaN'], '+Inf:-Inf:NaN'],
])('%s of %j', (fn, values, expected) => {
  expect(each(fn, values as (string | number)[])).toBe(expected)
})

test.each([
  ['{{', 'template: test:1:0: unclosed action'],
  ['{{ \u00a0 }}', 'template: test:1:3: unrecognized character in action: U+00A0'],
  ['{{ nope }}', 'template: test:1:3: function "nope" not defined'],
  ['a\n{{ $x }}', 'template: test:2:3: undefined variable "$x"'],
  ['{{ if true }}', 'template: test:1:13: unexpected EOF'],
  ['{{ end }}', 'template: test:1:0: unexpected {{end}}'],
  ['{{ break }}', 'template: test:1:0: {{break}} outside {{range}}'],
  ['{{ }}', 'template: test:1:3: missing value for command'],
  ['{{ "a" | "b" }}', 'template: test:1:9: non executable command in pipeline stage 2'],
  ['{{define "x"}}{{ $labels }}{{end}}', 'template: test:1:17: undefined variable "$labels"'],
])('refuses %j when it is read', (text, message) => {
  expect(() => parseTemplate(text, 'test')).toThrow(new TemplateError('parse', message))
})

test.each([
  [
    '{{ query "missing" | first }}',
    'template: test:1:21: executing "test" at <first>: error calling first: first() called on vector with no elements',
  ],
  [
    '{{ query "broken" }}',
    'template: test:1:3: executing "test" at <query>: error calling query: query failed',
  ],
  [
    '{{ humanize "one" }}',
    'template: test:1:3: executing "test" at <humanize>: error calling humanize: strconv.ParseFloat: parsing "one": invalid syntax',
  ],
  [
    '{{ .Foo }}',
    `template: test:1:3: executing "test" at <.Foo>: can't evaluate field Foo in type template data`,
  ],
  [
    '{{ eq $value 5 }}',
    'template: test:1:3: executing "test" at <eq>: error calling eq: incompatible types for comparison',
  ],
  [
    '{{ toUpper 5.0 }}',
    'template: test:1:11: executing "test" at <5.0>: wrong type for value; expected string; got float64',
  ],
  ['{{ match "(" "x" }}', 'error parsing regexp'],
  ['{{ template "nope" }}', 'template "nope" not defined'],
  ['{{define "x"}}{{template "x"}}{{end}}{{template "x"}}', 'exceeded maximum template depth'],
  [
    '{{ printf "%1000d" 1 | printf "%s%[1]s" }}{{ range query "m" }}{{ printf "%1000s" "" | printf "%1000s%1000s" "" }}{{ end }}',
    '',
  ],
])('cannot expand %j', (text, message) => {
  if (message === '') expect(expand(text).length).toBeLessThan(65536)
  else expect(() => expand(text)).toThrow(message)
})
