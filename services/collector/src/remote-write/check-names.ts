import { metricName, publishedLabels } from '@tocsin/contract'

/** What the contract says against a text; undefined when it is taken. */
export type FaultOf = (text: string) => string | undefined

export interface NameChecks {
  readonly metricFault: FaultOf
  readonly labelFault: FaultOf
  readonly valueFault: FaultOf
}

const MOST_NAMES = 20_000
/** Shorter values are valid by their length alone. */
const SHORT = 256

export function createNameChecks(): NameChecks {
  return {
    metricFault: remembering((name) => metricName.safeParse(name).error?.issues[0]?.message),
    labelFault: remembering((name) => {
      // Said here too: a schema does not see the key __proto__.
      if (name.startsWith('__')) return 'label names that begin with __ are reserved'
      return firstMessage(publishedLabels.safeParse({ [name]: '' }).error)
    }),
    valueFault: (value) =>
      value.length <= SHORT ? undefined : firstMessage(publishedLabels.safeParse({ value }).error),
  }
}

/** What a schema says of a text is looked up once: names are few, and each comes with thousands of series. */
function remembering(faultOf: FaultOf): FaultOf {
  const known = new Map<string, string | undefined>()
  return (text) => {
    if (known.has(text)) return known.get(text)
    const fault = faultOf(text)
    if (known.size >= MOST_NAMES) known.clear()
    known.set(text, fault)
    return fault
  }
}

interface SchemaError {
  readonly issues: readonly { readonly message: string; readonly issues?: unknown }[]
}

/** The first thing that a schema says; of a key, what is wrong with it. */
function firstMessage(error: SchemaError | undefined): string | undefined {
  const issue = error?.issues[0]
  if (!issue) return undefined
  const [nested] = Array.isArray(issue.issues) ? (issue.issues as SchemaError['issues']) : []
  return nested?.message ?? issue.message
}
