import { CodedError } from '@tocsin/runtime'
import { defaultResources } from './resource.ts'

/** Nobody watches a resource of this name. */
export class UnknownResourceError extends CodedError<'unknown_resource'> {
  constructor(name: string) {
    const known = defaultResources.map((resource) => resource.name).join(', ')
    super('unknown_resource', `there is no resource '${name.slice(0, 100)}'; there are ${known}`)
  }
}
