import { compress } from 'snappyjs'
import { encodeWriteRequest, type WrittenSeries } from './encode-write-request.ts'

/**
 * Sends series to `<url>/api/v1/write` in one request of Prometheus' remote-write protocol, version 1.
 * @throws Error with the status and the text of the answer when the server refuses it
 */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: compress(encodeWriteRequest(series)),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`remote write to ${url} was refused: ${response.status} ${answer.trim()}`)
}
