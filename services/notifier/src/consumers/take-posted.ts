import { type PostedAlerts, postedAlerts } from '@tocsin/contract'
import {
  CodedError,
  type Done,
  decodeJson,
  done,
  parseWith,
  pipeline,
  type Stage,
  type Stages,
} from '@tocsin/runtime'
import type { PostedBook } from '../posted/posted-book.ts'

export interface TakePostedDeps {
  readonly book: PostedBook
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

/** What happens to alerts that were posted, once they are stored. */
export function postedStages(deps: TakePostedDeps): Stages {
  return pipeline(decodeJson, parseWith(postedAlerts), take(deps))
}

/** Has them judged. Each request is named for its place in the stream: delivered again, it is the same transitions. */
function take({ book, signal }: TakePostedDeps): Stage<PostedAlerts, Done> {
  return async (posted, { sequence, timeMs }) => {
    if (signal.aborted) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    await book.take(posted, `posted-${sequence}-${Math.floor(timeMs).toString(36)}`)
    return done('taken')
  }
}
