/** Headers of a dead letter: what was refused, why, and where it came from. */
export const deadLetterHeaders = {
  reason: 'Tocsin-Reason',
  detail: 'Tocsin-Detail',
  subject: 'Tocsin-Subject',
  stream: 'Tocsin-Stream',
  sequence: 'Tocsin-Sequence',
  time: 'Tocsin-Time',
  service: 'Tocsin-Service',
  /** `<kept>/<whole>` in bytes, where the body had to be cut to fit a message. */
  cut: 'Tocsin-Cut',
} as const
