import { readEnv } from './env.ts'
import { startShop } from './start-shop.ts'

try {
  const { shopPort } = readEnv()
  const shop = await startShop(shopPort)
  console.log(`shop: ${shop.url}/products`)
  const stop = () => {
    shop.stop().then(
      () => process.exit(0),
      (error) => fail(error),
    )
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
} catch (error) {
  fail(error)
}

function fail(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException
  const taken = 'the port is taken: stop what listens there, or set SHOP_PORT'
  console.error(`shop: ${code === 'EADDRINUSE' ? taken : message}`)
  process.exit(1)
}
