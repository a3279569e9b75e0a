// Asks an address again and again, from a process of its own; at each message it tells the longest wait since the last one.
const [url = ''] = process.argv.slice(2)
const EVERY_MS = 1
let worstMs = 0

process.on('message', () => {
  process.send?.(worstMs)
  worstMs = 0
})

for (;;) {
  const begun = performance.now()
  await (await fetch(url)).arrayBuffer()
  worstMs = Math.max(worstMs, performance.now() - begun)
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
}
