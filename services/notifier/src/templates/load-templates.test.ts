import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TemplateData } from '@tocsin/templates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkTemplates } from './check-templates.ts'
import { loadTemplates } from './load-templates.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tocsin-templates-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, text)
  return file
}

const labels = { alertname: 'Slow', severity: 'high', path: '<b>' }
const alert = {
  Status: 'firing',
  Labels: labels,
  Annotations: { summary: 'slow & late', description: 'one\ntwo' },
  StartsAt: '2026-03-01T12:00:05.000Z',
  EndsAt: '0001-01-01T00:00:00Z',
  GeneratorURL: 'http://tocsin/graph?g0.expr=up',
  Fingerprint: 'abc',
}
const ended = { ...alert, Status: 'resolved', EndsAt: '2026-03-01T13:00:00.000Z' }
const data: TemplateData = {
  Receiver: 'on call',
  Status: 'firing',
  Alerts: [alert, ended],
  GroupLabels: { alertname: 'Slow' },
  CommonLabels: labels,
  CommonAnnotations: alert.Annotations,
  ExternalURL: 'http://tocsin:3002',
}

describe('the templates that come with Tocsin', () => {
  it.each([
    ['__subject', '[FIRING:1] Slow (<b> high)'],
    ['__alertmanagerURL', 'http://tocsin:3002/#/alerts?receiver=on+call'],
    ['slack.default.fallback', '[FIRING:1] Slow (<b> high) | http://tocsin:3002/#/alerts?receiver=on+call'],
    ['slack.default.text', ''],
    ['pagerduty.default.client', 'Tocsin'],
  ])('%s', async (name, expected) => {
    const { templates } = await loadTemplates([])
    expect(templates.text(`{{ template "${name}" . }}`, data)).toBe(expected)
  })

  it('can each be rendered, as text and as HTML', async () => {
    const { templates } = await loadTemplates([])
    for (const name of templates.names.filter((n) => n.includes('.default.'))) {
      const source = `{{ template "${name}" ${name === 'pagerduty.default.instances' ? '.Alerts.Firing' : '.'} }}`
      templates.check(source)
      templates.text(source, data)
      expect(templates.html(source, data), name).not.toContain('<b>&')
    }
  })

  it('write a mail with both kinds of alerts, whose labels are no markup', async () => {
    const { templates } = await loadTemplates([])
    const mail = templates.html('{{ template "email.default.html" . }}', data)
    for (const part of [
      '1 firing',
      '1 resolved',
      'slow &amp; late',
      '<td>&lt;b&gt;</td>',
      'g0.expr=up"',
      '2026-03-01 13:00:00 UTC',
    ])
      expect(mail).toContain(part)
    expect(mail).not.toContain('<td><b></td>')
    expect(mail.match(/<table/g)?.length).toBe(mail.match(/<\/table>/g)?.length)
  })
})

describe('the template files of a policy', () => {
  it('replace ours by their names, and are known by their own', async () => {
    const file = await write('own.tmpl', '{{ define "__subject" }}Mine: {{ .Status }}{{ end }}Hello')
    const { templates, texts } = await loadTemplates([file])
    expect(templates.text('{{ template "slack.default.title" . }}', data)).toBe('Mine: firing')
    expect(templates.text('{{ template "own.tmpl" . }}', data)).toBe('Hello')
    expect(texts).toHaveLength(1)
  })

  it('are refused with file, line and column', async () => {
    const file = await write('bad.tmpl', 'one\n{{ define "x" }}{{ .Status | toUppr }}{{ end }}')
    await expect(loadTemplates([file])).rejects.toThrow(`${file}:2:30: function "toUppr" not defined`)
    await expect(loadTemplates([path.join(folder, 'none.tmpl')])).rejects.toThrow(
      /none\.tmpl:1:1: cannot be read: ENOENT/,
    )
  })
})

describe('checkTemplates', () => {
  it('finds each text that is no template, and where it stands', async () => {
    const { templates } = await loadTemplates([])
    const faults: [string, string][] = []
    const config = {
      receivers: [
        { slack_configs: [{ title: '{{ .Status', text: '{{ template "slack.default.title" . }}' }] },
        { slack_configs: [{ fields: [{ value: '{{ template "gone" . }}' }] }] },
      ],
    }
    checkTemplates(
      config.receivers.map(({ slack_configs }) => slack_configs),
      templates,
      (place, reason) => faults.push([place.join('.'), reason]),
    )
    expect(faults).toEqual([
      ['0.0.title', 'template: :1:0: unclosed action'],
      ['1.0.fields.0.value', 'template: :1:0: template "gone" is not defined'],
    ])
  })
})
