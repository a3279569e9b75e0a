import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { recordDatabaseQuery } from '@tocsin/sdk'
import type { Breakage } from './breakage.ts'

export type Row = Record<string, unknown>

export interface ShopDatabase {
  /** Runs one statement, recorded under its operation and table, and returns its rows. Throws what SQLite throws. */
  query(operation: 'SELECT' | 'INSERT', table: Table, sql: string, ...values: SQLInputValue[]): Row[]
  /** Makes it fail for real: `drop` takes the products away, `lock` holds the file so that every query waits in vain. */
  break(how: Breakage): void
  heal(): void
  readonly broken: Breakage | undefined
  close(): void
}

export type Table = 'products' | 'carts' | 'cart_items' | 'orders'

/** How long a query waits for a lock, in ms. SQLite waits in this thread, so nothing else is answered meanwhile. */
const LOCK_TIMEOUT_MS = 20

const SCHEMA = `
  CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, cents INTEGER NOT NULL);
  CREATE TABLE carts (id INTEGER PRIMARY KEY, created INTEGER NOT NULL);
  CREATE TABLE cart_items (cart INTEGER NOT NULL, product INTEGER NOT NULL, quantity INTEGER NOT NULL);
  CREATE INDEX items_of_cart ON cart_items (cart);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, cart INTEGER NOT NULL UNIQUE, cents INTEGER NOT NULL);
  INSERT INTO products (name, cents) VALUES
    ('Ship''s bell', 14900), ('Hand bell', 3900), ('Doorbell', 2400), ('Cowbell', 1900),
    ('Bicycle bell', 1200), ('Wind chime', 4500), ('Gong', 32000), ('Tuning fork', 1500);
`

/** Opens a database of its own in a temporary folder, filled with products. */
export function openDatabase(): ShopDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-shop-'))
  const file = join(folder, 'shop.db')
  const database = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS })
  const statements = new Map<string, StatementSync>()
  let lock: DatabaseSync | undefined
  let broken: Breakage | undefined
  database.exec('PRAGMA synchronous = OFF')
  database.exec(SCHEMA)

  function prepare(sql: string): StatementSync {
    const statement = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  function heal(): void {
    if (broken === 'drop') database.exec('ALTER TABLE products_gone RENAME TO products')
    lock?.close()
    lock = undefined
    broken = undefined
  }

  return {
    query(operation, table, sql, ...values) {
      const started = performance.now()
      let success = false
      try {
        const rows = prepare(sql).all(...values)
        success = true
        return rows
      } finally {
        recordDatabaseQuery(operation, table, success, performance.now() - started)
      }
    },
    break(how) {
      heal()
      if (how === 'drop') database.exec('ALTER TABLE products RENAME TO products_gone')
      else {
        lock = new DatabaseSync(file)
        lock.exec('BEGIN EXCLUSIVE')
      }
      broken = how
    },
    heal,
    get broken() {
      return broken
    },
    close() {
      heal()
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
