/** What one edition of a dictionary has described so far. */
export interface Edition {
  readonly number: number
  readonly begunMs: number
  metrics: number
  series: number
  /** Bytes that descriptions took, and samples. */
  described: number
  sampled: number
}

/** What is described once an edition keeps here in which one, and its number there. */
interface Described {
  edition: Edition | undefined
  number: number
}

/** What a metric is whose series come as its parts, or without a type. */
export interface LaneMetadata {
  /** An entry of the contract's `metadata`. */
  json: string
  edition: Edition | undefined
}

export interface LaneMetric extends Described {
  /** An entry of the contract's `metrics`. */
  readonly json: string
  metadata: LaneMetadata | undefined
}

/** A series of one lane, the same object at every use. */
export interface LaneSeries extends Described {
  readonly metric: LaneMetric
  /** Its labels as a JSON object. */
  readonly labels: string
  createdMs: number
  /** Where `createdMs` was said. */
  createdIn: Edition | undefined
}
