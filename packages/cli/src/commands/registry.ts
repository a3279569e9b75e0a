import type { CliCommand } from '../command.ts'
import { ackCommand } from './ack.ts'
import { dashboardsCommand } from './dashboards.ts'
import { deadLettersCommand } from './dead-letters.ts'
import { deliveriesCommand } from './deliveries.ts'
import { notifyCommand } from './notify.ts'
import { queryCommand } from './query.ts'
import { rulesCommand } from './rules.ts'
import { silencesCommand } from './silences.ts'
import { statusCommand } from './status.ts'
import { stopCommand } from './stop.ts'
import { upCommand } from './up.ts'

/** Every command of `tocsin`: a new one is a file beside this one, and a name in this list. */
export const commands: readonly CliCommand[] = [
  upCommand,
  stopCommand,
  statusCommand,
  queryCommand,
  rulesCommand,
  dashboardsCommand,
  deliveriesCommand,
  deadLettersCommand,
  silencesCommand,
  ackCommand,
  notifyCommand,
]
