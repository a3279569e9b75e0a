import protobuf from 'protobufjs'

// OTLP's messages as opentelemetry-proto 1.x has them, without what no test uses. Written down apart from the readers,
// and encoded by a library that knows nothing of them.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message TraceRequest { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
    int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
    message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
    repeated Event events = 11;
    message Link { bytes trace_id = 1; bytes span_id = 2; repeated KeyValue attributes = 4; }
    repeated Link links = 13;
    message Status { string message = 2; int32 code = 3; }
    Status status = 15; fixed32 flags = 16;
  }
  message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
  message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; string schema_url = 3; }
  message Metric {
    string name = 1; string description = 2; string unit = 3;
    oneof data {
      Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; ExponentialHistogram exponential_histogram = 10;
      Summary summary = 11;
    }
    repeated KeyValue metadata = 12;
  }
  message Gauge { repeated NumberDataPoint data_points = 1; }
  message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message Histogram { repeated HistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
  message ExponentialHistogram {
    repeated ExponentialHistogramDataPoint data_points = 1; int32 aggregation_temporality = 2;
  }
  message Summary { repeated SummaryDataPoint data_points = 1; }
  message NumberDataPoint {
    repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
    oneof value { double as_double = 4; sfixed64 as_int = 6; }
    repeated Exemplar exemplars = 5; uint32 flags = 8;
  }
  message HistogramDataPoint {
    repeated KeyValue attributes = 9; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
    fixed64 count = 4; optional double sum = 5; repeated fixed64 bucket_counts = 6;
    repeated double explicit_bounds = 7; repeated Exemplar exemplars = 8; uint32 flags = 10;
    optional double min = 11; optional double max = 12;
  }
  message ExponentialHistogramDataPoint {
    repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
    fixed64 count = 4; optional double sum = 5; sint32 scale = 6; fixed64 zero_count = 7;
    message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
    Buckets positive = 8; Buckets negative = 9; uint32 flags = 10; repeated Exemplar exemplars = 11;
    optional double min = 12; optional double max = 13; double zero_threshold = 14;
  }
  message SummaryDataPoint {
    repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
    fixed64 count = 4; double sum = 5;
    message ValueAtQuantile { double quantile = 1; double value = 2; }
    repeated ValueAtQuantile quantile_values = 6; uint32 flags = 8;
  }
  message Exemplar {
    repeated KeyValue filtered_attributes = 7; fixed64 time_unix_nano = 2;
    oneof value { double as_double = 3; sfixed64 as_int = 6; }
    bytes span_id = 4; bytes trace_id = 5;
  }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
      ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message ExportResponse { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected = 1; string error_message = 2; }
  message RpcStatus { int32 code = 1; string message = 2; }
`)

export type MessageName = 'TraceRequest' | 'MetricsRequest'

/** A request as OTLP's JSON has it, as an object: ids in hexadecimal, 64-bit integers as texts or numbers. */
export type OtlpRequest = Readonly<Record<string, unknown>>

const IDS: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId'])

/** The request in protobuf. */
export function encodeProtobuf(name: MessageName, request: OtlpRequest): Buffer {
  const type = root.lookupType(name)
  return Buffer.from(type.encode(type.fromObject(withBytes(request) as OtlpRequest)).finish())
}

export function encodeJson(request: OtlpRequest): Buffer {
  return Buffer.from(JSON.stringify(request))
}

/** What decoding alone gives. */
export function decodeRequest(name: MessageName, body: Uint8Array): object {
  return root.lookupType(name).decode(body)
}

/** An answer in protobuf as an object. */
export function decodeAnswer(name: 'ExportResponse' | 'RpcStatus', body: Uint8Array): OtlpRequest {
  const type = root.lookupType(name)
  return type.toObject(type.decode(body), { longs: Number })
}

/** Ids as bytes; doubles that JSON has no number for as numbers. */
function withBytes(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withBytes(item, key))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBytes(item, name)]))
  if (IDS.has(key)) return Buffer.from(String(value), 'hex')
  if (typeof value !== 'string' || key === 'stringValue') return value
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value
}
