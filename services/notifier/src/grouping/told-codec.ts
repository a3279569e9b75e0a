import { z } from 'zod'
import type { GroupRecord, Told } from './records.ts'

const told = z.object({
  channels: z.array(z.string()),
  sendResolved: z.boolean(),
  atMs: z.number(),
  count: z.int().nonnegative(),
  states: z
    .string()
    .regex(/^[0-7]*$/)
    .describe('a digit for each member: 1 firing, 2 open, 4 dropped, added up'),
})

/** A group's record as it is stored, under `group.<hash>`: the members once, and of each what each channel was told. */
export const storedGroup = z.object({
  v: z.literal(2),
  key: z.string(),
  route: z.object({ key: z.string(), name: z.string(), receiver: z.string() }),
  labels: z.record(z.string(), z.string()),
  anchorMs: z.number().optional(),
  members: z.string().describe('fingerprints, 8 bytes each, base64'),
  pages: z
    .object({ names: z.array(z.string()) })
    .optional()
    .describe('the keys that more members are under, where they are too many for one message'),
  told: z.array(told),
})
type StoredGroup = z.infer<typeof storedGroup>

/** Members of one message: about half a megabyte. */
const PAGE = 40_000
const FINGERPRINT_BYTES = 8

/** A group's record in parts that each fit a message: the first is the record, the others lie under the names given. */
export function encodeGroup(
  { told, anchorMs, ...facts }: GroupRecord,
  nameOf: (page: number) => string,
): { readonly stored: StoredGroup; readonly pages: ReadonlyMap<string, string> } {
  const members = [...new Set(told.flatMap(({ firing, open }) => [...firing, ...open]))].sort()
  const pages = new Map<string, string>()
  for (let from = PAGE; from < members.length; from += PAGE)
    pages.set(nameOf(from / PAGE), packed(members.slice(from, from + PAGE)))
  const stored: StoredGroup = {
    v: 2,
    ...facts,
    labels: { ...facts.labels },
    ...(anchorMs === undefined ? {} : { anchorMs }),
    members: packed(members.slice(0, PAGE)),
    ...(pages.size > 0 ? { pages: { names: [...pages.keys()] } } : {}),
    told: told.map((entry) => encodeTold(entry, members)),
  }
  return { stored, pages }
}

function encodeTold({ firing, open, dropped, channels, ...facts }: Told, members: readonly string[]) {
  const digit = (m: string) => (firing.has(m) ? 1 : 0) + (open.has(m) ? 2 : 0) + (dropped.has(m) ? 4 : 0)
  return { ...facts, channels: [...channels], states: members.map(digit).join('') }
}

/** The record of a stored group; undefined where one of its pages is missing. */
export function decodeGroup(
  { v: _version, members, pages, told, anchorMs, ...facts }: StoredGroup,
  pageOf: (name: string) => string | undefined,
): GroupRecord | undefined {
  const parts = [members]
  for (const name of pages?.names ?? []) {
    const page = pageOf(name)
    if (page === undefined) return undefined
    parts.push(page)
  }
  const all = parts.flatMap(unpacked)
  const having = (states: string, bit: number) => new Set(all.filter((_, i) => Number(states[i] ?? 0) & bit))
  return {
    ...facts,
    anchorMs,
    told: told.map(({ states, ...entry }) => ({
      ...entry,
      firing: having(states, 1),
      open: having(states, 2),
      dropped: having(states, 4),
    })),
  }
}

function packed(fingerprints: readonly string[]): string {
  return Buffer.from(fingerprints.join(''), 'hex').toString('base64')
}

function unpacked(text: string): string[] {
  const bytes = Buffer.from(text, 'base64')
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += FINGERPRINT_BYTES)
    found.push(bytes.toString('hex', at, at + FINGERPRINT_BYTES))
  return found
}
