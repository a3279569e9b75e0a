import type { DashboardPlan } from '../build-dashboard.ts'
import { bars } from '../panels/bars.ts'
import { chart } from '../panels/chart.ts'
import { figure } from '../panels/figure.ts'
import { stepsFrom } from '../panels/look.ts'
import { table } from '../panels/table.ts'
import { line, lineOf, type Section } from '../section.ts'
import { choice, instanceChoice, serviceChoice } from '../variables.ts'
import { chosen, quantile, rate, share, sumRate } from './queries.ts'

const agents = `${chosen}, agent_type=~"$agent_type"`
const executions = `agent_executions_total{${agents}}`
const succeeded = `agent_executions_total{${agents}, status="success"}`
const durations = `agent_execution_duration_seconds_bucket{${agents}}`
const tokens = `agent_tokens_total{${agents}}`
const goodSteps = stepsFrom('red', [0.8, 'orange'], [0.95, 'green'])

const glance: Section = {
  title: 'At a glance',
  lines: [
    line(
      4,
      figure({
        title: 'Executions',
        description: 'Agent executions that end, a minute.',
        unit: 'opm',
        query: { expr: `60 * ${sumRate(executions)}` },
      }),
      figure({
        title: 'Success rate',
        description: 'The share of executions that end with success.',
        unit: 'percentunit',
        query: { expr: share(succeeded, executions) },
        thresholds: goodSteps,
        runbooks: ['agent/AgentExecutionsFail'],
      }),
      figure({
        title: 'Execution time, p95',
        description: '95 of 100 executions take at most this long.',
        unit: 's',
        query: { expr: quantile(0.95, durations) },
        runbooks: ['agent/SlowAgentExecutions'],
      }),
      figure({
        title: 'Under way',
        description: 'Executions that have begun and not ended.',
        unit: 'short',
        query: { expr: `sum(agent_active_executions{${agents}})` },
        runbooks: ['agent/AgentStuck'],
      }),
      figure({
        title: 'Tokens',
        description: 'Tokens used, a minute: what is paid for.',
        unit: 'short',
        query: { expr: `60 * ${sumRate(tokens)}` },
        runbooks: ['agent/AgentTokensSurge'],
      }),
      figure({
        title: 'Workflows queued',
        description: 'Workflows that wait for their turn.',
        unit: 'short',
        query: { expr: `sum(agent_workflows{${chosen}, status="queued"})` },
        runbooks: ['agent/WorkflowsQueueUp'],
      }),
    ),
  ],
}

const red: Section = {
  title: 'Executions: rate, success, duration',
  lines: [
    line(
      9,
      chart({
        title: 'Executions by outcome',
        description: 'Executions that end, a minute, by outcome.',
        unit: 'opm',
        stack: true,
        queries: [{ expr: `60 * ${sumRate(executions, 'status')}`, legend: '{{status}}' }],
        colours: { success: 'green', error: 'red', failure: 'red', timeout: 'orange' },
        runbooks: ['agent/AgentFailsAlways'],
      }),
      chart({
        title: 'Success rate by agent',
        description: 'The share of an agent’s executions that end with success.',
        unit: 'percentunit',
        max: 1,
        queries: [{ expr: share(succeeded, executions, 'agent_type'), legend: '{{agent_type}}' }],
        runbooks: ['agent/AgentExecutionsFail'],
      }),
      chart({
        title: 'Execution time',
        description: 'Quantiles over all chosen executions. A dot is one that was traced.',
        unit: 's',
        queries: [
          { expr: quantile(0.99, durations), legend: 'p99', exemplar: true },
          { expr: quantile(0.95, durations), legend: 'p95' },
          { expr: quantile(0.5, durations), legend: 'p50' },
        ],
        runbooks: ['agent/SlowAgentExecutions'],
      }),
    ),
    lineOf(
      [16, 8],
      8,
      table({
        title: 'Agents',
        description: 'What each agent does now, and what it costs in tokens.',
        sortBy: 'Executions',
        columns: [
          { title: 'Service', label: 'service' },
          { title: 'Agent', label: 'agent_type' },
          {
            title: 'Executions',
            expr: `60 * ${sumRate(executions, 'service, agent_type')}`,
            unit: 'opm',
            decimals: 1,
          },
          {
            title: 'Success',
            expr: share(succeeded, executions, 'service, agent_type'),
            unit: 'percentunit',
            decimals: 1,
            thresholds: goodSteps,
          },
          { title: 'p95', expr: quantile(0.95, durations, 'service, agent_type'), unit: 's', decimals: 1 },
          {
            title: 'Tokens each',
            expr: `${sumRate(tokens, 'service, agent_type')} / (${sumRate(executions, 'service, agent_type')} > 0)`,
            unit: 'short',
            decimals: 0,
          },
        ],
      }),
      chart({
        title: 'Under way, by agent',
        description: 'Executions that have begun and not ended. What stays up while none end is stuck.',
        unit: 'short',
        stack: true,
        queries: [
          { expr: `sum by (agent_type) (agent_active_executions{${agents}})`, legend: '{{agent_type}}' },
        ],
        runbooks: ['agent/AgentStuck'],
      }),
    ),
  ],
}

const tokenSection: Section = {
  title: 'Tokens',
  lines: [
    line(
      8,
      chart({
        title: 'Tokens by agent',
        description: 'Tokens a minute, by agent.',
        unit: 'short',
        stack: true,
        queries: [{ expr: `60 * ${sumRate(tokens, 'agent_type')}`, legend: '{{agent_type}}' }],
        runbooks: ['agent/AgentTokensSurge'],
      }),
      chart({
        title: 'Tokens an execution',
        description:
          'Tokens that an execution uses on average. A rise without more work is a prompt that has grown.',
        unit: 'short',
        queries: [
          {
            expr: `${sumRate(tokens, 'agent_type')} / (${sumRate(executions, 'agent_type')} > 0)`,
            legend: '{{agent_type}}',
          },
        ],
      }),
      bars({
        title: 'Tokens within the time shown',
        description: 'Which agents the tokens of the whole time range went to.',
        unit: 'short',
        query: { expr: `sum by (agent_type) (increase(${tokens}[$__range]))`, legend: '{{agent_type}}' },
      }),
    ),
  ],
}

const workflows: Section = {
  title: 'Workflows',
  lines: [
    line(
      8,
      chart({
        title: 'Workflow status',
        description: 'Workflows that have not ended, by what they are doing.',
        unit: 'short',
        stack: true,
        queries: [{ expr: `sum by (status) (agent_workflows{${chosen}})`, legend: '{{status}}' }],
        colours: { running: 'green', queued: 'orange', waiting: 'blue' },
        runbooks: ['agent/WorkflowsQueueUp'],
      }),
      chart({
        title: 'Workflow runs by outcome',
        description: 'Runs that ended, a minute.',
        unit: 'opm',
        stack: true,
        queries: [
          {
            expr: `60 * sum by (status) (${rate(`agent_workflow_runs_total{${chosen}}`)})`,
            legend: '{{status}}',
          },
        ],
        colours: { completed: 'green', failed: 'red', cancelled: 'orange' },
        runbooks: ['agent/WorkflowsFail'],
      }),
      table({
        title: 'Workflows',
        description:
          'What each workflow does now, and the share of its runs that completed within the time shown.',
        sortBy: 'Queued',
        columns: [
          { title: 'Workflow', label: 'workflow' },
          { title: 'Running', expr: `sum by (workflow) (agent_workflows{${chosen}, status="running"})` },
          { title: 'Queued', expr: `sum by (workflow) (agent_workflows{${chosen}, status="queued"})` },
          {
            title: 'Completed',
            expr:
              `sum by (workflow) (increase(agent_workflow_runs_total{${chosen}, status="completed"}[$__range]))` +
              ` / (sum by (workflow) (increase(agent_workflow_runs_total{${chosen}}[$__range])) > 0)`,
            unit: 'percentunit',
            decimals: 1,
            thresholds: goodSteps,
          },
        ],
      }),
    ),
  ],
}

/** Agents: how many executions, how they end, what they cost. */
export const agentExecutions: DashboardPlan = {
  uid: 'tocsin-agents',
  title: 'Agent Executions',
  description: 'Execution rates, token usage, success rates and workflow status of agents.',
  tags: ['agents', 'red'],
  variables: [
    serviceChoice('agent_executions_total'),
    instanceChoice('agent_executions_total'),
    choice({
      name: 'agent_type',
      label: 'Agent',
      description: 'The agents that are shown',
      of: 'agent_type',
      selector: 'agent_executions_total{service=~"$service"}',
    }),
  ],
  sections: [glance, red, tokenSection, workflows],
}
