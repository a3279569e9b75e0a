import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor'
import { repositoryRoot, SERVICES, serviceNodeArgs } from '@tocsin/servers'
import { DaemonSet } from 'kubernetes-models/apps/v1/DaemonSet'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { watchFields } from '../unread-fields.ts'

const folder = join(repositoryRoot(), 'deploy/kubernetes')
const read = (path: string) => readFileSync(join(folder, path), 'utf8')

/** The kinds that the manifests may have, each with the schema of its API. */
const schemas: Readonly<Record<string, { readonly prototype: { validate(): void } }>> = {
  ConfigMap,
  DaemonSet,
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  PrometheusRule,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet,
}

interface Container {
  readonly name: string
  readonly args?: readonly string[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[]
}
interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly replicas?: number
    readonly selector: unknown
    readonly ports: readonly { readonly name: string; readonly port: number }[]
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> }
      readonly spec: { readonly securityContext: unknown; readonly containers: readonly [Container] }
    }
  }
}

const files = globSync('*/*.yaml', { cwd: folder }).filter((path) => !path.endsWith('kustomization.yaml'))
const manifests = files.flatMap((path) =>
  parseAllDocuments(read(path)).map((document) => [path, document.toJS() as Manifest] as const),
)
const workloads = manifests.filter(([, { kind }]) =>
  ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind),
)
const services = Object.entries(SERVICES)

describe('the manifests', () => {
  it.each(
    manifests.map(
      ([path, manifest]) => [`${manifest.kind} ${manifest.metadata.name}`, path, manifest] as const,
    ),
  )('%s of %s has what its schema asks for, and nothing that its schema does not know', (_, __, manifest) => {
    const Schema = schemas[manifest.kind]
    if (!Schema) throw new Error(`no schema for ${manifest.kind}`)
    const watched = watchFields(manifest)
    expect(() => Schema.prototype.validate.call(watched.view)).not.toThrow()
    expect(watched.unread()).toEqual([])
  })

  it('would not pass with a field that is misspelt', () => {
    const misspelt = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { selector: {}, template: { spec: { containers: [{ name: 'x', imag: 'y' }] } } },
    }
    const watched = watchFields(misspelt)
    Deployment.prototype.validate.call(watched.view as never)
    expect(watched.unread()).toEqual(['/spec/template/spec/containers/0/imag'])
  })

  it('are all listed by the kustomization beside them', () => {
    for (const path of globSync('*/kustomization.yaml', { cwd: folder })) {
      const beside = globSync('*.yaml', { cwd: join(folder, path, '..') }).filter(
        (name) => name !== 'kustomization.yaml',
      )
      const { resources } = parse(read(path)) as { resources: string[] }
      expect(resources.filter((name) => name.endsWith('.yaml')).toSorted()).toEqual(beside.toSorted())
    }
  })

  it.each(workloads.map(([, workload]) => [workload.metadata.name, workload] as const))(
    '%s runs unprivileged, within limits, and is probed',
    (_, { spec }) => {
      expect(spec.template.spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            readinessProbe: expect.anything(),
            livenessProbe: expect.anything(),
            resources: { requests: expect.anything(), limits: { memory: expect.any(String) } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      })
      expect(spec.selector).toEqual({ matchLabels: spec.template.metadata.labels })
    },
  )
})

describe.each(services)('%s', (name, { port, extraPorts }) => {
  const own = workloads.map(([, workload]) => workload).filter(({ metadata }) => metadata.name === name)
  const container = own[0]?.spec.template.spec.containers[0]

  it('runs on its ports, with its own NATS user and inbox', () => {
    expect(own).toHaveLength(1)
    // The others' flags are the image's.
    const flags = name === 'notifier' ? serviceNodeArgs(name) : []
    expect(container?.args).toEqual([...flags, `services/${name}/src/main.ts`])
    expect(container?.ports.map(({ containerPort }) => containerPort)).toEqual([
      port,
      ...Object.values(extraPorts),
    ])
    expect(container?.env).toEqual(
      expect.arrayContaining([
        { name: 'NATS_USER', value: name },
        { name: 'NATS_INBOX_PREFIX', value: `_INBOX_${name}` },
        { name: 'NATS_PASS', valueFrom: { secretKeyRef: { name: 'tocsin-nats', key: passwordOf(name) } } },
      ]),
    )
  })

  it('reads every variable that it is given', async () => {
    const module: Record<string, { shape?: object }> = await import(`../../services/${name}/src/env.ts`)
    const readByIt = Object.keys(Object.values(module).find((value) => value?.shape)?.shape ?? {})
    expect(
      (container?.env ?? []).map((variable) => variable.name).filter((one) => !readByIt.includes(one)),
    ).toEqual([])
  })

  it('is reached, and may be moved to another node', () => {
    const of = (kind: string) =>
      manifests.filter(([, one]) => one.kind === kind && one.metadata.name === name)
    if (name === 'host-agent') return expect([...of('Service'), ...of('PodDisruptionBudget')]).toEqual([])
    expect(of('Service')[0]?.[1].spec.ports[0]).toMatchObject({ name: 'http', port })
    expect(of('PodDisruptionBudget')).toHaveLength(1)
  })
})

function passwordOf(user: string): string {
  return `NATS_${user.toUpperCase().replaceAll('-', '_')}_PASS`
}
