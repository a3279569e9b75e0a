/** A template's tree, in the terms of Go's `text/template/parse`. Offsets are UTF-16 units of the text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type Operand = Span &
  (
    | { readonly kind: 'dot' }
    | { readonly kind: 'nil' }
    | { readonly kind: 'literal'; readonly value: string | number | bigint | boolean }
    | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
    | { readonly kind: 'field'; readonly fields: readonly string[] }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'chain'; readonly of: Operand; readonly fields: readonly string[] }
    | { readonly kind: 'pipe'; readonly pipe: Pipe }
  )

/** `name arg arg`: the first operand is called with the others, or stands alone. */
export interface Command extends Span {
  readonly args: readonly [Operand, ...Operand[]]
}

/** `$x := a | b | c`: each command gets the result of the one before as its last argument. */
export interface Pipe extends Span {
  readonly variables: readonly string[]
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export interface Branch extends Span {
  readonly kind: 'if' | 'with' | 'range'
  readonly pipe: Pipe
  readonly body: Block
  readonly otherwise: Block | undefined
}

export type Node =
  | (Span & { readonly kind: 'text'; readonly text: string })
  | (Span & { readonly kind: 'action'; readonly pipe: Pipe })
  | Branch
  | (Span & { readonly kind: 'break' | 'continue' })
  | (Span & { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined })

export type Block = readonly Node[]

/** A template by its name, and the text that it stands in. */
export interface Definition {
  readonly name: string
  /** The name of the text, as messages show it. */
  readonly file: string
  readonly source: string
  readonly body: Block
}

export type Definitions = ReadonlyMap<string, Definition>

/** A parsed text, with the templates that it defines. */
export interface Template extends Definition {
  readonly defined: Definitions
}
