import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createNotificationTemplates, type TemplateData } from '../src/mod.ts'

// Every example of the guide is what comes of it.
const guide = readFileSync(join(import.meta.dirname, '../../../docs/guides/templates.md'), 'utf8')
const data = JSON.parse(/```json\n(.*?)```/s.exec(guide)?.[1] ?? '') as TemplateData
const templates = createNotificationTemplates([], () => Date.parse('2026-03-01T14:00:05Z'))
const [inText = '', inHtml = ''] = guide.split('## HTML')

const examplesOf = (part: string) =>
  [...part.matchAll(/^\| `((?:[^`|]|\\\|)+)` \| `((?:[^`|]|\\\|)*)` \|/gm)].map(
    ([, source = '', expected = '']) =>
      [source.replaceAll('\\|', '|'), expected.replaceAll('\\|', '|')] as const,
  )

describe('the guide of templates', () => {
  it('has an example for every function of notifications', () => {
    const words =
      'toUpper toLower title trimSpace join match safeHtml safeUrl urlUnescape reReplaceAll stringSlice date tz since humanizeDuration toJson and or not eq ne lt gt ge len index slice print printf html js urlquery'
    const shown = examplesOf(guide)
      .map(([source]) => source)
      .join(' ')
    for (const word of words.split(' ')) expect(shown, word).toMatch(new RegExp(`\\b${word}\\b`))
  })

  it.each(examplesOf(inText))('%s', (source, expected) => expect(templates.text(source, data)).toBe(expected))
  it.each(examplesOf(inHtml))('in HTML: %s', (source, expected) => {
    expect(templates.html(source, data)).toBe(expected)
  })
})
