export interface ServiceProgram {
  /** The environment variable that sets the service's port. */
  readonly portEnv: string
  /** The port without that variable. */
  readonly port: number
  /** Further ports that it listens on, by their variable. */
  readonly extraPorts: Readonly<Record<string, number>>
}

/** Tocsin's services: each has its folder under services/, and answers /metrics and /health/ready on its port. */
export const SERVICES = {
  collector: { portEnv: 'PROMETHEUS_PORT', port: 9090, extraPorts: { OTLP_PORT: 4318 } },
  health: { portEnv: 'HEALTH_CHECK_PORT', port: 3001, extraPorts: {} },
  notifier: { portEnv: 'NOTIFIER_PORT', port: 3002, extraPorts: {} },
  'alert-evaluator': { portEnv: 'ALERT_EVALUATOR_PORT', port: 3003, extraPorts: {} },
  sla: { portEnv: 'SLA_PORT', port: 3004, extraPorts: {} },
  capacity: { portEnv: 'CAPACITY_PORT', port: 3005, extraPorts: {} },
  'host-agent': { portEnv: 'HOST_AGENT_PORT', port: 3006, extraPorts: {} },
} as const satisfies Record<string, ServiceProgram>

export type ServiceName = keyof typeof SERVICES
