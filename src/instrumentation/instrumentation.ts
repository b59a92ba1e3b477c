/** The class for applications that have an OpenTelemetry SDK of their own; `register` uses it too. */
import type { TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import type { HostMap, UsageRecord } from '@wiretally/usage';
import { Capture } from './capture/capture.ts';
import { claim } from './capture/claim.ts';
import type { Undo } from './capture/claim.ts';
import { createCounters } from './capture/counters.ts';
import type { CaptureCounters } from './capture/counters.ts';
import { reportFault } from './capture/guard.ts';
import type { CaptureLimits } from './capture/limits.ts';
import { enableTransports } from './capture/transports.ts';
import { contentSettings } from './emit/content-settings.ts';
import type { ContentOptions, ContentSettings } from './emit/content-settings.ts';
import { flushAtExit } from './emit/exit-hooks.ts';
import { openedLedger } from './emit/ledger.ts';
import { createCallObserver } from './emit/observer.ts';
import type { EmittingObserver, ObserverOptions } from './emit/observer.ts';
import { INSTRUMENTATION_NAME } from './emit/semconv.ts';
import type { SemconvScheme } from './emit/semconv.ts';
import type { LedgerMode } from './emit/sink.ts';
import { VERSION } from './emit/version.ts';
import { pricesFrom } from './prices.ts';
import type { PriceSetting } from './prices.ts';
import { hostMapFrom, isDisabled } from './settings.ts';
import type { HostSettings } from './settings.ts';

export interface WiretallyInstrumentationConfig extends InstrumentationConfig, HostSettings, ContentOptions {
  /** Where ledger records go; default `otlp`, our own exporter with its spool. */
  readonly ledger?: LedgerMode | undefined;
  /** Instead of `ledger`: gets every finished record. */
  readonly sink?: ((record: UsageRecord) => void) | undefined;
  /** Which names of the GenAI conventions spans and metrics use; default `latest`. */
  readonly semconv?: SemconvScheme | undefined;
  /**
   * Prices of your own before the list's: a file (YAML or JSON), `legacy`, or the table itself; default
   * `WIRETALLY_PRICES`.
   */
  readonly prices?: PriceSetting | undefined;
  /** Also record `admin` requests (models, files, keys); default false. */
  readonly includeAdmin?: boolean | undefined;
  /** Models and hosts that may be metric attributes; default: the first ones met, up to a bound. */
  readonly metricModels?: readonly string[] | undefined;
  readonly metricHosts?: readonly string[] | undefined;
  /** Salt of `credential`, a short hash of the API key on records. Absent: no hash is made. */
  readonly credentialSalt?: string | undefined;
  /** What capture may hold in memory; the defaults are in `capture/limits.ts`. */
  readonly limits?: Partial<CaptureLimits> | undefined;
}

/**
 * Sees the AI calls of this process from `new WiretallyInstrumentation()` until `disable()`. Of several instances, also
 * of several installed copies, one is at work and the others wait for it to be disabled.
 */
export class WiretallyInstrumentation extends InstrumentationBase<WiretallyInstrumentationConfig> {
  // `declare`: the base class' constructor enables us, and an initializer would run after that and undo it.
  declare private undo: Undo | undefined;
  declare private observer: EmittingObserver | undefined;
  declare private counters: CaptureCounters | undefined;

  constructor(config: WiretallyInstrumentationConfig = {}) {
    super(INSTRUMENTATION_NAME, VERSION, config);
  }

  /** No module is patched: everything is seen on the wire. */
  protected override init(): void {}

  override enable(): void {
    if (this.undo !== undefined || isDisabled(process.env)) return;
    super.enable();
    try {
      this.undo = claim('capture', () => this.start());
    } catch (error) {
      complain(
        `nothing is observed, since the start failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  override disable(): void {
    super.disable();
    this.undo?.();
    this.undo = undefined;
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    this.observer?.setTracer(this.tracer);
  }

  protected override _updateMetricInstruments(): void {
    this.observer?.setMeter(this.meter);
  }

  private start(): Undo {
    const config = this.getConfig();
    const hosts = hostMapFrom(config, process.env, complain);
    const counters = (this.counters ??= createCounters());
    const content = contentSettings(config, process.env, complain);
    const observer = (this.observer = this.createObserver(hosts, counters, content));
    const capture = new Capture({ hosts, observer, limits: config.limits, counters, keepContent: content !== null });
    const undo = enableTransports(capture);
    // A body that is still being decoded becomes a record only afterwards.
    flushAtExit('capture', {
      flush: async (timeoutMs) => {
        await capture.settled();
        await openedLedger()?.exporter.forceFlush(timeoutMs);
      },
      activity: () => counters.emitted,
    });
    return () => {
      undo();
      this.observer = undefined;
    };
  }

  private createObserver(hosts: HostMap, counters: CaptureCounters, content: ContentSettings | null): EmittingObserver {
    const { ledger, sink, semconv, includeAdmin, metricModels, metricHosts, credentialSalt, prices } = this.getConfig();
    const options: ObserverOptions = {
      tracer: this.tracer,
      meter: this.meter,
      capture: counters,
      hosts,
      ledger,
      sink,
      semconv,
      content,
      // Its kind alone: a message may repeat what was said.
      redactionFailed: (error) => reportFault(counters, 'redaction', kindOf(error)),
      prices: pricesFrom(prices, process.env, complain),
      includeAdmin,
      metricModels,
      metricHosts,
      credentialSalt,
    };
    try {
      return createCallObserver(options);
    } catch (error) {
      complain(`there is no ledger: ${error instanceof Error ? error.message : String(error)}`);
      return createCallObserver({ ...options, ledger: 'none' });
    }
  }
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Configuration that makes no sense is told where the operator looks, once; it never stops the service. */
function complain(problem: string): void {
  process.emitWarning(problem, { type: 'WiretallyWarning' });
}
