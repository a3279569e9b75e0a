import { webhookBody } from '@tocsin/contract'
import { checkSlackPayload } from '@tocsin/testkit'
import { z } from 'zod'

/** What a service would object to in a request; undefined for what it would take. By its documentation. */
export type ServiceCheck = (request: { readonly path: string; readonly body: string }) => string | undefined

const most = (characters: number) => z.string().max(characters)
const bySchema =
  (schema: z.ZodType): ServiceCheck =>
  ({ body }) => {
    const { error } = schema.safeParse(JSON.parse(body))
    return error === undefined ? undefined : z.prettifyError(error)
  }

const embed = z.strictObject({
  title: most(256).min(1),
  description: most(4096),
  color: z.int().min(0).max(0xffffff),
  url: z.url().optional(),
})
const discordMessage = z.strictObject({
  content: most(2000).optional(),
  username: most(80).optional(),
  avatar_url: z.url().optional(),
  embeds: z
    .array(embed)
    .max(10)
    .refine(
      (embeds) =>
        embeds.reduce((sum, { title, description }) => sum + title.length + description.length, 0) <= 6000,
    ),
  // Nobody is mentioned, whatever the labels say.
  allowed_mentions: z.strictObject({ parse: z.tuple([]), roles: z.tuple([]), users: z.tuple([]) }),
})

/** Telegram's tags, closed in their order, and entities for what is no tag. */
function isTelegramHtml(text: string): boolean {
  const open: string[] = []
  const rest = text.replace(/<(\/?)(b|code|a)(?: href="[^"<>]*")?>/g, (_all, end: string, tag: string) => {
    if (end === '') open.push(tag)
    else if (open.pop() !== tag) open.push('wrong')
    return ''
  })
  return open.length === 0 && !/[<>]/.test(rest) && !/&(?!(lt|gt|amp|quot);)/.test(rest)
}
const telegramMessage = z.strictObject({
  chat_id: z.union([z.int(), z.string().min(1)]),
  message_thread_id: z.int().optional(),
  text: most(4096).min(1).refine(isTelegramHtml, "can't parse entities"),
  parse_mode: z.literal('HTML'),
  disable_notification: z.boolean(),
  link_preview_options: z.strictObject({ is_disabled: z.literal(true) }),
})

const pagerdutyLinks = z.array(z.strictObject({ href: z.url(), text: z.string().optional() }))
const pagerdutyEvent = z.strictObject({
  routing_key: most(32).min(1),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: most(255).min(1),
  client: z.string().optional(),
  client_url: z.url().optional(),
  links: pagerdutyLinks,
  images: z.array(z.object({ src: z.url() })),
  payload: z.strictObject({
    summary: most(1024).min(1),
    source: z.string().min(1),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: z.iso.datetime(),
    component: z.string().optional(),
    group: z.string().optional(),
    class: z.string().optional(),
    custom_details: z.record(z.string(), z.unknown()),
  }),
})
const pagerdutyChange = z.strictObject({
  routing_key: most(32).min(1),
  links: pagerdutyLinks,
  payload: z.strictObject({
    summary: most(1024).min(1),
    source: z.string().min(1),
    timestamp: z.iso.datetime(),
    custom_details: z.record(z.string(), z.unknown()),
  }),
})

const opsgenieAlert = z.strictObject({
  alias: most(512).min(1),
  message: most(130).min(1),
  description: most(15_000),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
  source: most(100),
  entity: most(512).optional(),
  note: most(25_000).optional(),
  tags: z.array(most(50)).max(20).optional(),
  actions: z.array(most(50)).max(10).optional(),
  responders: z
    .array(z.object({ type: z.enum(['team', 'user', 'escalation', 'schedule']) }))
    .max(50)
    .optional(),
  details: z
    .record(z.string(), z.string())
    .refine(
      (details) => Object.entries(details).flat().join('').length <= 8000,
      'details of more than 8000 characters',
    ),
})
const opsgenieClose = z.strictObject({ source: most(100) })

const ntfyMessage = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  title: most(250).min(1),
  message: z.string().refine((text) => Buffer.byteLength(text) <= 4096, 'a message of more than 4096 bytes'),
  priority: z.int().min(1).max(5),
  tags: z.array(z.string()),
  click: z.url().optional(),
  actions: z
    .array(z.strictObject({ action: z.literal('view'), label: z.string().min(1), url: z.url() }))
    .max(3)
    .optional(),
  markdown: z.boolean().optional(),
  icon: z.url().optional(),
  email: z.string().optional(),
  sequence_id: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
})

const noTags = (text: string) => !/<[a-z!/]/i.test(text)
const teamsText = z.string().refine(noTags, 'a tag that Teams would read')
const connectorCard = z.strictObject({
  '@type': z.literal('MessageCard'),
  '@context': z.string(),
  title: teamsText,
  summary: z.string().min(1),
  themeColor: z.string().regex(/^[0-9a-f]{6}$/i),
  text: teamsText.optional(),
  potentialAction: z
    .array(
      z.strictObject({
        '@type': z.literal('OpenUri'),
        name: z.string().min(1),
        targets: z.tuple([z.strictObject({ os: z.literal('default'), uri: z.url() })]),
      }),
    )
    .max(4),
  sections: z
    .array(
      z.strictObject({
        activityTitle: teamsText,
        activitySubtitle: teamsText,
        text: teamsText,
        facts: z.array(z.strictObject({ name: teamsText, value: teamsText })),
        markdown: z.literal(true),
      }),
    )
    .max(10)
    .optional(),
})

const textBlock = z.object({ type: z.literal('TextBlock'), text: teamsText.min(1), wrap: z.literal(true) })
const factSet = z.strictObject({
  type: z.literal('FactSet'),
  facts: z.array(z.strictObject({ title: teamsText, value: teamsText })).min(1),
})
const workflowMessage = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.strictObject({
        $schema: z.string(),
        type: z.literal('AdaptiveCard'),
        version: z.literal('1.4'),
        msteams: z.strictObject({ width: z.literal('Full') }),
        body: z.array(z.union([textBlock, factSet])).min(1),
        actions: z
          .array(
            z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string().min(1), url: z.url() }),
          )
          .max(6)
          .optional(),
      }),
    }),
  ]),
})
const within28KB =
  (check: ServiceCheck): ServiceCheck =>
  (request) =>
    Buffer.byteLength(request.body) > 28 * 1024 ? 'a message of more than 28 KB' : check(request)

const slackText = z.string().refine((text) => !/<[!@#]/.test(text), 'a mention')
const slackTexts = z.object({
  text: slackText,
  attachments: z.array(z.object({ blocks: z.array(z.object({ text: z.object({ text: slackText }) })) })),
})

/** Each service's objections, by kind. */
export const serviceChecks: Readonly<Record<string, ServiceCheck>> = {
  webhook: ({ body }) => {
    const parsed = JSON.parse(body) as object
    return 'kind' in parsed ? undefined : bySchema(webhookBody)({ path: '', body })
  },
  slack: (request) => {
    const checked = checkSlackPayload(request.body)
    return 'fault' in checked ? checked.fault : bySchema(slackTexts)(request)
  },
  discord: bySchema(discordMessage),
  telegram: bySchema(telegramMessage),
  pagerduty: (request) => {
    if (Buffer.byteLength(request.body) > 512 * 1024) return 'an event of more than 512 KB'
    return bySchema(request.path.endsWith('/change/enqueue') ? pagerdutyChange : pagerdutyEvent)(request)
  },
  opsgenie: (request) => bySchema(request.path.includes('/close?') ? opsgenieClose : opsgenieAlert)(request),
  msteams: within28KB(bySchema(connectorCard)),
  msteamsv2: within28KB(bySchema(workflowMessage)),
  ntfy: bySchema(ntfyMessage),
}
