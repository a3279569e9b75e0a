// What a health check runs in the image: `node check-ready.mjs <port>` exits with 0 if the service says that it is ready.
const url = `http://127.0.0.1:${process.argv[2]}/health/ready`
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4000) })
  if (response.ok) process.exit(0)
  console.error(`${response.status} ${await response.text()}`)
} catch (error) {
  console.error(`${url}: ${error.cause?.message ?? error.message}`)
}
process.exit(1)
