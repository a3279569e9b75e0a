import { z } from 'zod'
import { CliError } from '../errors.ts'
import { callGrafana, type Grafana } from './call-grafana.ts'

const dataSource = z.object({ name: z.string(), uid: z.string(), type: z.string() })

/** The uid of a data source; undefined where the login may not read data sources. @throws {CliError} `bad-environment` */
export async function findDatasource(grafana: Grafana, name: string): Promise<string | undefined> {
  const answer = await callGrafana(grafana, 'GET', `/api/datasources/name/${encodeURIComponent(name)}`)
  if (answer.status === 403) return undefined
  const { data } = dataSource.safeParse(answer.body)
  if (answer.status === 200 && data) {
    if (data.type === 'prometheus') return data.uid
    throw new CliError(
      'bad-environment',
      `the data source ${name} is of type ${data.type}: GRAFANA_DATASOURCE names a Prometheus`,
    )
  }
  if (answer.status !== 404)
    throw new CliError('no-answer', `${grafana.url} does not answer as Grafana does: ${answer.message}`)
  throw new CliError(
    'bad-environment',
    `${grafana.url} has no data source ${name}: ${await whatThereIs(grafana)}`,
  )
}

async function whatThereIs(grafana: Grafana): Promise<string> {
  const { body } = await callGrafana(grafana, 'GET', '/api/datasources')
  const { data = [] } = z.array(dataSource).safeParse(body)
  const names = data.filter(({ type }) => type === 'prometheus').map((source) => source.name)
  return names.length === 0
    ? 'make one of type Prometheus, whose URL is that of the collector (http://localhost:9090) or of a Prometheus that scrapes it'
    : `GRAFANA_DATASOURCE may be ${names.join(', ')}`
}
