import type { Head } from '@tocsin/tsdb'
import { metadataLimit } from './parse-limit.ts'
import { type ApiVerb, plainAnswer } from './serve-api.ts'

interface MetadataEntry {
  readonly type: string
  readonly help: string
  readonly unit: string
}

/** `/metadata`: what publishers said of their metrics.  */
export function listMetadata(head: Head): ApiVerb {
  return ({ form }) => {
    const limit = metadataLimit(form, 'limit')
    // Each metric has one entry, so this limit cannot bite; a wrong one is still told.
    metadataLimit(form, 'limit_per_metric')
    const wanted = form.get('metric') ?? ''
    const found: Record<string, readonly MetadataEntry[]> = {}
    let count = 0
    for (const [name, { type, help, unit }] of head.metadata.entries()) {
      if (wanted !== '' && name !== wanted) continue
      if (limit >= 0 && count >= limit) break
      count++
      found[name] = [{ type: type === 'untyped' ? 'unknown' : type, help, unit }]
    }
    return plainAnswer(found)
  }
}
