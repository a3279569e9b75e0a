const WEBHOOK = 'webhook_configs, whose body may be a template'

/** Receivers of Alertmanager that Tocsin does not have, and what does instead. */
export const foreignKinds: Readonly<Record<string, string>> = {
  victorops_configs: `use webhook_configs with the URL of its REST endpoint, and a body such as it wants`,
  pushover_configs: `use ntfy_configs, or ${WEBHOOK}, for https://api.pushover.net/1/messages.json`,
  sns_configs: `use ${WEBHOOK}, to an API Gateway or a function that publishes to SNS`,
  wechat_configs: `use ${WEBHOOK}, for the address of a group's robot`,
  webex_configs: `use ${WEBHOOK}, for https://webexapis.com/v1/messages`,
  jira_configs: `use ${WEBHOOK}, for an incoming webhook of Jira Automation`,
  rocketchat_configs: `use slack_configs with the address of a Rocket.Chat integration, which reads the same`,
  mattermost_configs: `use slack_configs with the address of a Mattermost webhook, which reads the same`,
  incidentio_configs: `use ${WEBHOOK}, for the address of its HTTP alert source`,
}

/** Fields of `global:` that only those receivers read: they may stand there. */
export const foreignGlobals: ReadonlySet<string> = new Set([
  'victorops_api_url',
  'victorops_api_key',
  'victorops_api_key_file',
  'wechat_api_url',
  'wechat_api_secret',
  'wechat_api_secret_file',
  'wechat_api_corp_id',
  'webex_api_url',
  'jira_api_url',
  'rocketchat_api_url',
  'rocketchat_token',
  'rocketchat_token_file',
  'rocketchat_token_id',
  'rocketchat_token_id_file',
  'mattermost_webhook_url',
  'mattermost_webhook_url_file',
])
