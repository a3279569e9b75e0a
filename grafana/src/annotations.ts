import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { source } from './panels/query.ts'

interface Mark {
  readonly name: string
  readonly expr: string
  readonly colour: string
  readonly title: string
  readonly text: string
  readonly tags: string
  readonly enabled?: boolean
}

function annotation({ name, expr, colour, title, text, tags, enabled = true }: Mark) {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(source)
    .enable(enabled)
    .iconColor(colour)
    .expr(expr)
    .step('15s')
    .titleFormat(title)
    .textFormat(text)
    .tagKeys(tags)
}

/** When alerts fired: ALERTS is what the alert evaluator writes, as Prometheus does. */
export const alertAnnotation = () =>
  annotation({
    name: 'Alerts',
    expr: 'ALERTS{alertstate="firing"}',
    colour: 'red',
    title: '{{alertname}}',
    text: '{{severity}} {{service}}',
    tags: 'severity,service',
  })

/** When another version of a service came: it was not there two minutes before, while the service was. */
export const deploymentAnnotation = () =>
  annotation({
    name: 'Deployments',
    expr:
      '(group by (service, version) (tocsin_sdk_service_info)' +
      ' unless group by (service, version) (tocsin_sdk_service_info offset 2m))' +
      ' and on (service) group by (service) (tocsin_sdk_service_info offset 2m)',
    colour: 'blue',
    title: '{{service}} {{version}}',
    text: 'another version than two minutes before',
    tags: 'service,version',
  })

/** When processes began. Off to begin with: a rollout has one for each instance. */
export const restartAnnotation = () =>
  annotation({
    name: 'Restarts',
    expr: 'changes(process_start_time_seconds[1m]) > 0 or time() - process_start_time_seconds < 60',
    colour: 'purple',
    title: '{{service}} started',
    text: '{{instance}}',
    tags: 'service,instance',
    enabled: false,
  })
