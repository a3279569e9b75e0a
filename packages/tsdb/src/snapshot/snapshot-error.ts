export type SnapshotErrorCode = 'snapshot_corrupt' | 'snapshot_version'

/** A snapshot cannot be read. Not retryable: discard it and replay the stream from its beginning. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
  readonly code: SnapshotErrorCode
  readonly retryable = false

  constructor(code: SnapshotErrorCode, detail: string, cause?: unknown) {
    super(`${detail}; delete the snapshot and replay the stream from its beginning`, { cause })
    this.code = code
  }
}
