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

/**
 * Has them judged. Transitions are named for their request, not for its place in the stream, which changes when the queue
 * is put in order again: delivered again, they are the same.
 */
function take({ book, signal }: TakePostedDeps): Stage<PostedAlerts, Done> {
  return async (posted) => {
    if (signal.aborted) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    await book.take(posted)
    return done('taken')
  }
}
