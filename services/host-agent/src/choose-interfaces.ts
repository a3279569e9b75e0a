/** One end of a container's own link: as many as containers, with a new name for each. */
const CONTAINER_LINK = /^(?:veth|cali|lxc|tap|vnet)/

/** Whether an interface is the machine's own, and worth series. */
export function isCountedInterface(device: string): boolean {
  return !CONTAINER_LINK.test(device)
}
