import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { type Bus, type Log, messageOf } from '@tocsin/runtime'
import type { PresentedGroup } from '../api/present-rules.ts'

/** The groups that a replica evaluates, by id, as it presents them; none when it does not answer. */
export type AskReplicas = (replica: string) => Promise<ReadonlyMap<string, PresentedGroup>>

const [zip, unzip] = [promisify(gzip), promisify(gunzip)]
const VERB = 'groups'
const MOST_WAIT_MS = 2000
// Below the payload that any server takes.
const CHUNK_BYTES = 256 * 1024

/** Answers other replicas what this one evaluates: compressed, in pieces, an empty one last. The function returned ends that. */
export function answerReplicas(
  { bus, log }: { readonly bus: Bus; readonly log: Log },
  name: string,
  present: () => ReadonlyMap<string, PresentedGroup>,
): () => void {
  const subscription = bus.nc.subscribe(bus.subjects.rpcOfReplica('alert-evaluator', VERB, tokenOf(name)), {
    callback(error, message) {
      if (error) {
        log.error({ err: error }, 'other replicas cannot ask this one')
        return
      }
      void zip(JSON.stringify([...present()])).then((bytes) => {
        for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
          message.respond(bytes.subarray(at, at + CHUNK_BYTES))
        message.respond()
      })
    },
  })
  return () => subscription.unsubscribe()
}

/** Asks others over NATS. */
export function createAskReplicas({ bus, log }: { readonly bus: Bus; readonly log: Log }): AskReplicas {
  return async (replica) => {
    try {
      const subject = bus.subjects.rpcOfReplica('alert-evaluator', VERB, tokenOf(replica))
      const pieces: Uint8Array[] = []
      const answers = await bus.nc.requestMany(subject, undefined, {
        strategy: 'sentinel',
        maxWait: MOST_WAIT_MS,
      })
      for await (const message of answers) pieces.push(message.data)
      const groups = JSON.parse((await unzip(Buffer.concat(pieces))).toString())
      return new Map(groups as readonly (readonly [string, PresentedGroup])[])
    } catch (error) {
      log.debug({ replica, reason: messageOf(error) }, 'a replica does not say what it evaluates')
      return new Map()
    }
  }
}

/** A replica's name has dots and slashes: one token of a subject. */
function tokenOf(name: string): string {
  return Buffer.from(name).toString('base64url')
}
