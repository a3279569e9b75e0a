import type { Param, Value } from '../values/value.ts'

/** A function that templates call; `Context` is what it may ask of the world outside. */
export interface TemplateFunction<Context> {
  readonly params: readonly Param[]
  /** The type of any further arguments; none are taken without it. */
  readonly rest?: Param
  /** Steps that a call costs beyond those for the size of its arguments and its result. */
  cost?(args: readonly Value[]): number
  call(args: readonly Value[], context: Context): Value
}

export type FunctionSet<Context> = Readonly<Record<string, TemplateFunction<Context>>>

/** What a kind of template knows beyond Go's own language. */
export interface Dialect<Context> {
  readonly functions: ReadonlyMap<string, TemplateFunction<Context>>
  /** Variables that are declared before the template begins, with their `$`. */
  readonly variables: readonly string[]
}
