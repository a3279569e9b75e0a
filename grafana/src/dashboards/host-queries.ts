/** Series of the chosen hosts. */
export const hosts = 'instance=~"$instance"'

const idle = `node_cpu_seconds_total{${hosts}, mode=~"idle|iowait"}`

/** The share of a host's cores that is busy. */
export const cpuUsed = `1 - sum by (instance) (rate(${idle}[$__rate_interval])) / count by (instance) (node_cpu_seconds_total{${hosts}, mode="idle"})`

/** The share of a host's memory that programs can no longer have. */
export const memoryUsed = `1 - max by (instance) (node_memory_MemAvailable_bytes{${hosts}}) / max by (instance) (node_memory_MemTotal_bytes{${hosts}})`

/** The share of a filesystem that is in use. */
export const diskUsed = `1 - max by (instance, mountpoint) (node_filesystem_avail_bytes{${hosts}}) / max by (instance, mountpoint) (node_filesystem_size_bytes{${hosts}} > 0)`
