import { hostname } from 'node:os'

/** Says whose series these are: the service, and the address that it has again after a restart. */
export type ServiceIdentity = Readonly<Record<'service' | 'instance', string>>

/** `instance` is the machine and the port, as a scraper would name it: a restart goes on with the same series. */
export function serviceIdentity(service: string, url: string): ServiceIdentity {
  return { service, instance: `${hostname()}:${new URL(url).port}` }
}
