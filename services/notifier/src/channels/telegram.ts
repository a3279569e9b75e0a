import { z } from 'zod'
import { type TelegramMessage, telegramText, withoutMarkup } from '../render/telegram-message.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import { type HttpAnswer, retryIn } from './http-outcome.ts'
import { checks, flag, needs, onlyOne, text, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const chatId = text
  .refine((given) => /^(-?\d+|@\w+)$/.test(given), 'the number of a chat, or the @name of a public channel')
  .transform((given) => (given.startsWith('@') ? given : Number(given)))

const settings = z
  .strictObject({
    api_url: webUrl.default('https://api.telegram.org'),
    bot_token: text.optional(),
    bot_token_file: text.optional(),
    chat_id: chatId.optional(),
    chat_id_file: text.optional(),
    message_thread_id: z.int().optional(),
    message: text.optional(),
    disable_notifications: flag.default(false),
    parse_mode: z.enum(['HTML', 'MarkdownV2', 'Markdown', '']).default('HTML'),
    http_config: httpConfig.optional(),
  })
  .superRefine(
    checks(
      needs(['bot_token', 'bot_token_file'], ', here or as global.telegram_bot_token'),
      needs(['chat_id', 'chat_id_file']),
      onlyOne('bot_token', 'bot_token_file'),
      onlyOne('chat_id', 'chat_id_file'),
    ),
  )
export type TelegramSettings = z.infer<typeof settings>

const limited = z.object({ parameters: z.object({ retry_after: z.number().nonnegative() }) })

/** A Telegram bot that writes to a chat. */
export const telegram: ChannelKindDefinition<TelegramSettings> = {
  kind: 'telegram',
  configKey: 'telegram_configs',
  settings,
  globals: {
    telegram_api_url: { field: 'api_url', schema: webUrl },
    telegram_bot_token: { field: 'bot_token', schema: text },
    telegram_bot_token_file: { field: 'bot_token_file', schema: text },
    http_config: { field: 'http_config', schema: httpConfig },
  },
  sendResolved: true,
  secretFields: ['bot_token'],
  create(given, deps) {
    const secrets = createSecrets()
    const token = secrets.source(given.bot_token, given.bot_token_file)
    const chat = secrets.source(undefined, given.chat_id_file)
    return createHttpChannel(deps, {
      // Telegram allows about one message a second and chat.
      concurrency: 1,
      http: given.http_config,
      secrets,
      // Words that its markup breaks are told without it.
      instead: ({ status, body }, call) =>
        status === 400 && body.includes("can't parse entities")
          ? { ...call, body: JSON.stringify(withoutMarkup(JSON.parse(call.body ?? '{}') as TelegramMessage)) }
          : undefined,
      judge: (answer: HttpAnswer) => retryIn(answer, limited, ({ parameters }) => parameters.retry_after),
      async calls(event, say) {
        const body = {
          chat_id: given.chat_id ?? (await chat?.()),
          ...(given.message_thread_id !== undefined && { message_thread_id: given.message_thread_id }),
          ...telegramText(event, given, say),
          disable_notification: given.disable_notifications,
          link_preview_options: { is_disabled: true },
        }
        const url = `${given.api_url.replace(/\/*$/, '')}/bot${(await token?.()) ?? ''}/sendMessage`
        return [{ url, body: JSON.stringify(body) }]
      },
    })
  },
}
