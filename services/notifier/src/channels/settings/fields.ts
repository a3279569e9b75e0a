import { envVar } from '@tocsin/runtime'
import { z } from 'zod'

/** Text of a configuration file, where YAML may have read a number or a boolean. Often a template. */
export const text = z.union([z.string(), z.number(), z.boolean()], 'a text').transform(String)

/** Text that must be given, here or elsewhere. */
export function neededText(name: string, elsewhere?: string) {
  const missing = `is missing: set ${name}${elsewhere === undefined ? '' : `, here or as ${elsewhere}`}`
  return z
    .union([z.string(), z.number(), z.boolean()], {
      error: ({ input }) => (input === undefined ? missing : 'a text'),
    })
    .transform(String)
}

export const flag = z.boolean('true or false')

/** How long something may take, as milliseconds. */
export const period = envVar.period

const A_WEB_URL = 'a URL that begins with http:// or https://, such as https://example.com/hook'

/** The address of a web page or service. */
export const webUrl = z.string('a URL').trim().refine(isWebUrl, A_WEB_URL)

/** One that must be given. */
export function neededUrl(name: string) {
  const error = ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is missing: set ${name}` : 'a URL'
  return z.string({ error }).trim().refine(isWebUrl, A_WEB_URL)
}

function isWebUrl(given: string): boolean {
  const url = URL.parse(given)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
}

/** A field of Alertmanager's that is known and not supported: what to do instead. */
export function unsupported(advice: string) {
  return z
    .unknown()
    .superRefine((value, ctx) => {
      if (value !== undefined) ctx.addIssue({ code: 'custom', message: `is not supported: ${advice}` })
    })
    .optional()
}

type Given = Readonly<Record<string, unknown>>
type Check = (settings: Given, ctx: z.RefinementCtx) => void

/** A check of an object: at least one of the fields; with `hint`, where else it can be set. */
export function needs(names: readonly [string, ...string[]], hint = ''): Check {
  return (settings, ctx) => {
    if (names.some((name) => settings[name] !== undefined)) return
    ctx.addIssue({
      code: 'custom',
      path: [names[0]],
      message: `is missing: set ${names.join(' or ')}${hint}`,
    })
  }
}

/** A check of an object: one of the fields at most. */
export function onlyOne(...names: readonly string[]): Check {
  return (settings, ctx) => {
    const given = names.filter((name) => settings[name] !== undefined)
    if (given.length < 2) return
    ctx.addIssue({
      code: 'custom',
      path: [given[1] ?? ''],
      message: `stands beside ${given[0]}: set one of ${names.join(', ')}`,
    })
  }
}

/** Several checks, all of whose faults are told. */
export function checks(...all: readonly Check[]): Check {
  return (settings, ctx) => {
    for (const check of all) check(settings, ctx)
  }
}
