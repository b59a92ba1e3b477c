/** Where the SDK sends each signal, as the standard variables say: to tell it, and to flush only what can arrive. */

export interface OtlpTarget {
  readonly signal: 'traces' | 'metrics' | 'logs';
  /** `none` where the signal is off; another exporter's name (`console`, `prometheus`); else `otlp`. */
  readonly exporter: string;
  /** Null unless the exporter is `otlp`. */
  readonly url: URL | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function otlpTargets(environment: Environment): readonly OtlpTarget[] {
  return (['traces', 'metrics', 'logs'] as const).map((signal) => targetOf(signal, environment));
}

function targetOf(signal: OtlpTarget['signal'], environment: Environment): OtlpTarget {
  const upper = signal.toUpperCase();
  const exporter = environment[`OTEL_${upper}_EXPORTER`]?.split(',')[0]?.trim() || 'otlp';
  if (exporter !== 'otlp') return { signal, exporter, url: null };
  const protocol =
    environment[`OTEL_EXPORTER_OTLP_${upper}_PROTOCOL`] ?? environment['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? '';
  const fallback = protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318';
  const own = environment[`OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`];
  return {
    signal,
    exporter,
    url: URL.parse(own || environment['OTEL_EXPORTER_OTLP_ENDPOINT'] || fallback) ?? new URL(fallback),
  };
}
