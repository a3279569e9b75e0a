import { metrics } from '@tocsin/sdk'
import type { Row, ShopDatabase } from './open-database.ts'

const ordersTotal = () => metrics.counter({ name: 'shop_orders_total', help: 'Orders that were placed.' })
const orderValue = () =>
  metrics.histogram({
    name: 'shop_order_value_euros',
    help: 'What an order was worth.',
    buckets: [10, 25, 50, 100, 250, 500, 1000],
  })

/** What a client asked for is not there, or cannot be. */
export class ShopError extends Error {
  readonly status: 400 | 404 | 409
  constructor(status: 400 | 404 | 409, message: string) {
    super(message)
    this.status = status
  }
}

/** The shop's work, on its database. Ids come from the request, so they are text until they are checked. */
export function createShop({ query }: ShopDatabase) {
  function one(rows: Row[], what: string): Row {
    const [row] = rows
    if (!row) throw new ShopError(404, `${what} does not exist`)
    return row
  }
  const idOf = (text: unknown, what: string): number => {
    const id = Number(text)
    if (!Number.isSafeInteger(id) || id < 1) throw new ShopError(400, `${what} is a number from 1`)
    return id
  }
  const readProduct = (text: unknown): Row => {
    const id = idOf(text, 'the product')
    return one(
      query('SELECT', 'products', 'SELECT id, name, cents FROM products WHERE id = ?', id),
      `product ${id}`,
    )
  }
  const readCart = (text: unknown): number => {
    const id = idOf(text, 'the cart')
    one(query('SELECT', 'carts', 'SELECT id FROM carts WHERE id = ?', id), `cart ${id}`)
    return id
  }

  return {
    readProduct,
    listProducts: () => query('SELECT', 'products', 'SELECT id, name, cents FROM products ORDER BY name'),
    openCart: () =>
      one(
        query('INSERT', 'carts', 'INSERT INTO carts (created) VALUES (unixepoch()) RETURNING id'),
        'the cart',
      ),
    addToCart(cartText: unknown, productText: unknown, quantityText: unknown = 1): Row {
      const cart = readCart(cartText)
      const quantity = idOf(quantityText, 'the quantity')
      const { id } = readProduct(productText)
      const sql =
        'INSERT INTO cart_items (cart, product, quantity) VALUES (?, ?, ?) RETURNING cart, product, quantity'
      return one(query('INSERT', 'cart_items', sql, cart, Number(id), quantity), 'the item')
    },
    placeOrder(cartText: unknown): Row {
      const cart = readCart(cartText)
      const [sum] = query(
        'SELECT',
        'cart_items',
        'SELECT sum(quantity * cents) AS cents FROM cart_items JOIN products ON products.id = product WHERE cart = ?',
        cart,
      )
      const cents = Number(sum?.['cents'] ?? 0)
      if (cents === 0) throw new ShopError(409, `cart ${cart} is empty`)
      const sql =
        'INSERT INTO orders (cart, cents) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id, cart, cents'
      const [order] = query('INSERT', 'orders', sql, cart, cents)
      if (!order) throw new ShopError(409, `cart ${cart} was ordered already`)
      ordersTotal().inc()
      orderValue().observe(cents / 100)
      return order
    },
    readOrder(text: unknown): Row {
      const id = idOf(text, 'the order')
      return one(
        query('SELECT', 'orders', 'SELECT id, cart, cents FROM orders WHERE id = ?', id),
        `order ${id}`,
      )
    },
    /** Throws when the database cannot do what the shop lives on. */
    check(): void {
      query('SELECT', 'products', 'SELECT count(*) AS products FROM products')
    },
  }
}
