type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const hasText = (value: unknown, limit: number, types = ['plain_text', 'mrkdwn']): boolean =>
  isObject(value) &&
  typeof value.text === 'string' &&
  value.text.length > 0 &&
  value.text.length <= limit &&
  types.includes(String(value.type))

const everyOf = (value: unknown, most: number, check: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= most && value.every(check)

// The limits of Slack's Block Kit reference, for the blocks that a webhook may carry.
const BLOCKS: Readonly<Record<string, (block: Json) => boolean>> = {
  header: (block) => hasText(block.text, 150, ['plain_text']),
  section: (block) =>
    (block.text === undefined ? block.fields !== undefined : hasText(block.text, 3000)) &&
    (block.fields === undefined || everyOf(block.fields, 10, (field) => hasText(field, 2000))),
  context: (block) =>
    everyOf(block.elements, 10, (item) => hasText(item, 3000) || (isObject(item) && item.type === 'image')),
  actions: (block) =>
    everyOf(
      block.elements,
      25,
      (item) => isObject(item) && (item.type !== 'button' || hasText(item.text, 75, ['plain_text'])),
    ),
  divider: () => true,
  image: (block) =>
    typeof block.alt_text === 'string' && (block.image_url !== undefined || block.slack_file !== undefined),
  rich_text: (block) => Array.isArray(block.elements),
  markdown: (block) => typeof block.text === 'string' && block.text.length <= 12_000,
  table: (block) => everyOf(block.rows, 100, Array.isArray),
}

const isBlock = (block: unknown): boolean => {
  if (!isObject(block)) return false
  const check = BLOCKS[String(block.type)]
  const idFits = block.block_id === undefined || String(block.block_id).length <= 255
  return check !== undefined && idFits && check(block)
}

const areBlocks = (blocks: unknown): boolean => blocks === undefined || everyOf(blocks, 50, isBlock)

export type SlackFault =
  | 'invalid_payload'
  | 'no_text'
  | 'invalid_attachments'
  | 'too_many_attachments'
  | 'invalid_blocks'

/** What Slack's incoming webhook would object to in this body, or the payload that it would take. */
export function checkSlackPayload(body: string): { readonly fault: SlackFault } | { readonly payload: Json } {
  let payload: unknown
  try {
    // Old clients send a form with the JSON in its field `payload`.
    payload = JSON.parse(
      body.startsWith('payload=') ? (new URLSearchParams(body).get('payload') ?? '') : body,
    )
  } catch {
    return { fault: 'invalid_payload' }
  }
  if (!isObject(payload)) return { fault: 'invalid_payload' }
  const { text, blocks, attachments } = payload
  if (attachments !== undefined) {
    if (!Array.isArray(attachments) || !attachments.every(isObject)) return { fault: 'invalid_attachments' }
    if (attachments.length > 100) return { fault: 'too_many_attachments' }
    if (!attachments.every((attachment) => areBlocks(attachment.blocks))) return { fault: 'invalid_blocks' }
  }
  const saysSomething = [text, blocks, attachments].some((part) =>
    Array.isArray(part) ? part.length > 0 : Boolean(part),
  )
  if (!saysSomething) return { fault: 'no_text' }
  if (text !== undefined && typeof text !== 'string') return { fault: 'invalid_payload' }
  if (!areBlocks(blocks)) return { fault: 'invalid_blocks' }
  return { payload }
}
