import { nameByKey } from './metric-definition.ts'

/**
 * What the Linux kernel says of its own work: processes, pressure, descriptors, paging, sockets. Names are
 * node_exporter's, which gives no type for `node_vmstat_*` and `node_netstat_*`: the kernel counts them up, so here
 * they are counters.
 */
export const kernelMetrics = nameByKey({
  node_filefd_allocated: { type: 'gauge', labels: [], help: 'File descriptors in use on the machine.' },
  node_filefd_maximum: { type: 'gauge', labels: [], help: 'File descriptors that may be in use at most.' },
  node_netstat_Tcp_ActiveOpens: { type: 'counter', labels: [], help: 'TCP connections opened from here.' },
  node_netstat_Tcp_CurrEstab: { type: 'gauge', labels: [], help: 'TCP connections established.' },
  node_netstat_Tcp_InErrs: { type: 'counter', labels: [], help: 'TCP segments received in error.' },
  node_netstat_Tcp_InSegs: { type: 'counter', labels: [], help: 'TCP segments received.' },
  node_netstat_Tcp_OutRsts: { type: 'counter', labels: [], help: 'TCP resets sent.' },
  node_netstat_Tcp_OutSegs: { type: 'counter', labels: [], help: 'TCP segments sent.' },
  node_netstat_Tcp_PassiveOpens: { type: 'counter', labels: [], help: 'TCP connections accepted.' },
  node_netstat_Tcp_RetransSegs: { type: 'counter', labels: [], help: 'TCP segments sent again.' },
  node_netstat_TcpExt_ListenDrops: {
    type: 'counter',
    labels: [],
    help: 'TCP connections dropped before they were accepted.',
  },
  node_netstat_TcpExt_ListenOverflows: {
    type: 'counter',
    labels: [],
    help: 'Times that the queue of a listening socket was full.',
  },
  node_netstat_TcpExt_TCPSynRetrans: { type: 'counter', labels: [], help: 'TCP handshakes begun again.' },
  node_netstat_TcpExt_TCPTimeouts: { type: 'counter', labels: [], help: 'TCP timeouts of sending again.' },
  node_netstat_Udp_InDatagrams: { type: 'counter', labels: [], help: 'UDP datagrams received.' },
  node_netstat_Udp_InErrors: { type: 'counter', labels: [], help: 'UDP datagrams received in error.' },
  node_netstat_Udp_NoPorts: { type: 'counter', labels: [], help: 'UDP datagrams that nobody listened for.' },
  node_netstat_Udp_OutDatagrams: { type: 'counter', labels: [], help: 'UDP datagrams sent.' },
  node_netstat_Udp_RcvbufErrors: {
    type: 'counter',
    labels: [],
    help: 'UDP datagrams dropped for want of a receive buffer.',
  },
  node_netstat_Udp_SndbufErrors: {
    type: 'counter',
    labels: [],
    help: 'UDP datagrams not sent for want of a send buffer.',
  },
  node_pressure_cpu_waiting_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that some task waited for a CPU.',
  },
  node_pressure_io_stalled_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that no task could go on because of I/O.',
  },
  node_pressure_io_waiting_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that some task waited for I/O.',
  },
  node_pressure_irq_stalled_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that no task could go on because of interrupts.',
  },
  node_pressure_memory_stalled_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that no task could go on for want of memory.',
  },
  node_pressure_memory_waiting_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Seconds that some task waited for memory.',
  },
  node_processes_max_processes: { type: 'gauge', labels: [], help: 'Process ids that there may be at most.' },
  node_processes_max_threads: { type: 'gauge', labels: [], help: 'Threads that there may be at most.' },
  node_processes_pids: { type: 'gauge', labels: [], help: 'Processes.' },
  node_processes_state: {
    type: 'gauge',
    labels: ['state'],
    help: 'Processes by state, as the kernel abbreviates it: R running, S asleep, D waiting for I/O, Z zombie.',
  },
  node_processes_threads: { type: 'gauge', labels: [], help: 'Threads of all processes.' },
  node_sockstat_TCP_alloc: { type: 'gauge', labels: [], help: 'TCP sockets allocated, in any state.' },
  node_sockstat_TCP_inuse: { type: 'gauge', labels: [], help: 'TCP sockets of IPv4 in use.' },
  node_sockstat_TCP_mem_bytes: { type: 'gauge', labels: [], help: 'Memory of TCP buffers.' },
  node_sockstat_TCP_orphan: {
    type: 'gauge',
    labels: [],
    help: 'TCP sockets that no process holds any more.',
  },
  node_sockstat_TCP_tw: { type: 'gauge', labels: [], help: 'TCP sockets in TIME_WAIT.' },
  node_sockstat_TCP6_inuse: { type: 'gauge', labels: [], help: 'TCP sockets of IPv6 in use.' },
  node_sockstat_UDP_inuse: { type: 'gauge', labels: [], help: 'UDP sockets of IPv4 in use.' },
  node_sockstat_UDP_mem_bytes: { type: 'gauge', labels: [], help: 'Memory of UDP buffers.' },
  node_sockstat_UDP6_inuse: { type: 'gauge', labels: [], help: 'UDP sockets of IPv6 in use.' },
  node_sockstat_sockets_used: { type: 'gauge', labels: [], help: 'Sockets of every kind in use.' },
  node_vmstat_oom_kill: { type: 'counter', labels: [], help: 'Processes killed for want of memory.' },
  node_vmstat_pgfault: { type: 'counter', labels: [], help: 'Page faults.' },
  node_vmstat_pgmajfault: { type: 'counter', labels: [], help: 'Page faults that had to read from disk.' },
  node_vmstat_pgpgin: { type: 'counter', labels: [], help: 'KiB read from block devices.' },
  node_vmstat_pgpgout: { type: 'counter', labels: [], help: 'KiB written to block devices.' },
  node_vmstat_pswpin: { type: 'counter', labels: [], help: 'Pages read from swap.' },
  node_vmstat_pswpout: { type: 'counter', labels: [], help: 'Pages written to swap.' },
})
