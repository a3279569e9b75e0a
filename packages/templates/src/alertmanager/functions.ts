import { builtinFunctions } from '../functions/builtin.ts'
import { costOfPrinting } from '../functions/cost-of-printing.ts'
import type { Dialect, FunctionSet } from '../functions/dialect.ts'
import { unescapeQuery } from '../functions/escape-text.ts'
import { ofText, textFunctions } from '../functions/text.ts'
import { titleCase } from '../functions/title-case.ts'
import { toJson } from '../functions/to-json.ts'
import { formatTime } from '../time/format-time.ts'
import { checkZone } from '../time/zone.ts'
import { ANY, STRING, STRINGS, TIME } from '../values/params.ts'
import { isKind, listOf, type TimeValue } from '../values/value.ts'

/** What a notification's templates may ask of the world outside them. */
export interface NotificationContext {
  readonly nowMs: number
}

const functions: FunctionSet<NotificationContext> = {
  title: ofText(titleCase),
  trimSpace: ofText((text) => text.trim()),
  join: {
    params: [STRING, STRINGS],
    call: ([separator, list]) => (isKind(list, 'list') ? list.items.join(separator as string) : ''),
  },
  stringSlice: { params: [], rest: STRING, call: (args) => listOf(args, '[]string') },
  safeHtml: ofText((text) => ({ kind: 'safe', as: 'HTML', text })),
  safeUrl: ofText((text) => ({ kind: 'safe', as: 'URL', text })),
  urlUnescape: ofText(unescapeQuery),
  date: {
    params: [STRING, TIME],
    call: ([layout, time]) => formatTime(time as TimeValue, layout as string),
  },
  tz: {
    params: [STRING, TIME],
    call([zone, time]) {
      checkZone(zone as string)
      return { ...(time as TimeValue), zone: zone as string }
    },
  },
  since: {
    params: [TIME],
    call: ([time], { nowMs }) => ({ kind: 'duration', seconds: (nowMs - (time as TimeValue).ms) / 1000 }),
  },
  toJson: { params: [ANY], cost: costOfPrinting, call: ([value]) => toJson(value) },
}

/** Alertmanager's templates: what notifications are written in. */
export const notificationDialect: Dialect<NotificationContext> = {
  functions: new Map(Object.entries({ ...builtinFunctions, ...textFunctions, ...functions })),
  variables: [],
}
