const secretName = /PASS|SECRET|TOKEN|KEY|CREDS|CREDENTIAL|WEBHOOK|HEADERS|AUTH|DSN/i
/** A file of secrets has a path that may be shown; how a webhook is called is none. */
const plainName = /^NATS_CREDS$|_METHOD$/
// The scheme's length is bounded: without that, a hostile text takes time by the square of its length.
const urlCredentials = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"']*:)[^\s/@"']+@/gi

/** Hides the password of every URL in a text. */
export function redactUrls(text: string): string {
  return text.includes('://') ? text.replace(urlCredentials, '$1***@') : text
}

/** What may be shown of a variable's value: nothing of a secret, no URL's password, and not too much. */
export function redactVariable(name: string, value: string): string {
  if (secretName.test(name) && !plainName.test(name)) return `a secret of ${value.length} characters`
  const shown = redactUrls(value)
  return `'${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}'`
}
