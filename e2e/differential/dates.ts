import { type Binary, type Expr, number } from './expr.ts'

/** The functions that tell a part of a date. */
export const DATES: ReadonlySet<string> = new Set([
  ...['minute', 'hour', 'day_of_week', 'day_of_month', 'day_of_year', 'days_in_month', 'month', 'year'],
])

/** Only what is a time within some thousand years, in seconds. */
export const withinDates = (expr: Expr): Expr =>
  filter('<', filter('>', expr, number('-1e11')), number('1e11'))

const filter = (op: string, lhs: Expr, rhs: Expr): Expr => ({
  kind: 'binary',
  op,
  bool: false,
  bare: false,
  args: [lhs, rhs],
})

const isFilter = (expr: Expr, op: string): expr is Binary =>
  expr.kind === 'binary' && expr.op === op && !expr.bool && expr.args[1].kind === 'number'

/** Whether an expression is held within dates in that way. */
export const isWithinDates = (expr: Expr): boolean => isFilter(expr, '<') && isFilter(expr.args[0], '>')
