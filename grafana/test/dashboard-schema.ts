import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { createGenerator } from 'ts-json-schema-generator'

/** Why a dashboard is not what Grafana's types say, a line each; none where it is. */
export type CheckSchema = (dashboard: unknown) => readonly string[]

/** JSON schemas of the types in fixtures/grafana-types.ts, and checks of them. It takes seconds. */
export function createSchemaChecks(): { readonly strict: CheckSchema; readonly grafana: CheckSchema } {
  const generator = createGenerator({
    path: join(import.meta.dirname, 'fixtures/grafana-types.ts'),
    skipTypeCheck: true,
    functions: 'hide',
    // Many of Grafana's types are called Options: they are written out where they stand.
    expose: 'none',
    additionalProperties: false,
  })
  const ajv = new Ajv({ strict: false, allErrors: true })
  const around = ajv.compile(generator.createSchema('StrictDashboard'))
  const grafana = ajv.compile(generator.createSchema('GrafanaDashboard'))
  const [kinds] = Object.values(generator.createSchema('PanelKinds').definitions ?? {})
  const { properties = {} } = kinds as { readonly properties?: Readonly<Record<string, object>> }
  const panels = new Map(Object.entries(properties).map(([kind, schema]) => [kind, ajv.compile(schema)]))
  return {
    strict: (dashboard) => [
      ...faultsOf(around, dashboard),
      ...panelsOf(dashboard).flatMap((panel) => {
        const check = panels.get(panel.type)
        const faults = check ? faultsOf(check, panel) : [`there is no panel of type ${panel.type} here`]
        return faults.map((fault) => `${panel.title}: ${fault}`)
      }),
    ],
    // Data sources and plugins may add fields of their own.
    grafana: (dashboard) => faultsOf(grafana, dashboard, 'additionalProperties'),
  }
}

function panelsOf(dashboard: unknown): readonly { readonly type: string; readonly title: string }[] {
  return (dashboard as { panels: { type: string; title: string }[] }).panels
}

function faultsOf(validate: ValidateFunction, value: unknown, ignore?: string): string[] {
  validate(value)
  return (validate.errors ?? []).filter(({ keyword }) => keyword !== ignore).map(inWords)
}

function inWords({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath}: ${message} ${JSON.stringify(params)}`
}
