import type { PlacedGroup } from '@tocsin/alerting'
import { type ConsumeDeps, messageOf } from '@tocsin/runtime'
import { restoreAlerts } from '../evaluation/restore-alerts.ts'
import type { Session } from '../evaluation/session.ts'
import type { AskReplicas } from '../replicas/ask-replicas.ts'
import { shardOf, shardOfKey } from '../replicas/shards.ts'
import type { ShareOfWork } from '../replicas/share-work.ts'
import { openAlertBucket } from '../state/alert-bucket.ts'
import { type PresentedGroup, presentGroup } from './present-rules.ts'
import { createStoredStatus } from './stored-status.ts'

export interface CollectDeps extends ConsumeDeps {
  readonly ask: AskReplicas
  readonly session: Session
  readonly share: ShareOfWork
}

/**
 * All groups as they stand: this replica's own from memory, others' as their replicas tell them, and what nobody tells
 * as it is stored.
 */
export async function collectGroups(deps: CollectDeps): Promise<readonly PresentedGroup[]> {
  const { ask, session, share } = deps
  const { groups } = session.engine.rules()
  const others = groups.filter(({ id }) => !session.owns(id))
  const owners = new Set(others.map(({ id }) => share.ownerOf(shardOf(id))))
  const told = new Map<string, PresentedGroup>()
  await Promise.all(
    [...owners].map(async (owner) => {
      if (owner === undefined || owner === share.name) return
      for (const [id, group] of await ask(owner)) told.set(id, group)
    }),
  )
  const silent = others.filter(({ id }) => !told.has(id))
  const stored = silent.length > 0 ? await readStored(deps, silent) : undefined
  return groups.map((group) => {
    if (session.owns(group.id)) return presentGroup(group, session.engine)
    return told.get(group.id) ?? presentGroup(group, stored ?? session.engine)
  })
}

/** The groups that this replica evaluates, by id. */
export function presentOwn(session: Session | undefined): ReadonlyMap<string, PresentedGroup> {
  if (!session) return new Map()
  const own = session.engine.rules().groups.filter(({ id }) => session.owns(id))
  return new Map(own.map((group) => [group.id, presentGroup(group, session.engine)]))
}

/** What the bucket says of groups that nobody tells of. */
async function readStored(deps: CollectDeps, groups: readonly PlacedGroup[]) {
  const shards = new Set(groups.map(({ id }) => shardOf(id)))
  const status = createStoredStatus()
  try {
    const bucket = await openAlertBucket(deps)
    const { records } = await bucket.load((key) => shards.has(shardOfKey(key)))
    restoreAlerts(status, records, false)
  } catch (error) {
    deps.log.warn(
      { reason: messageOf(error) },
      'the stored alerts cannot be read: groups of others are shown without',
    )
  }
  return status
}
