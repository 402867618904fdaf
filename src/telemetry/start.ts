import type { Logger } from 'pino';
import { programVersion } from '../start-log.ts';

/**
 * Exports traces as OpenTelemetry's variables say (OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, OTEL_SERVICE_NAME, …); without an
 * endpoint nothing is loaded. Resolves to the function that flushes them when the process ends.
 */
export async function startTelemetry(
  environment: NodeJS.ProcessEnv,
  log: Logger,
): Promise<() => Promise<void>> {
  const endpoint =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint) return () => Promise.resolve();
  const [api, core, { AsyncLocalStorageContextManager }, exporter, resources, sdk] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
  ]);
  api.diag.setLogger(
    {
      error: (message) => log.warn({ problem: message }, 'trace export failed'),
      warn: (message) => log.warn({ problem: message }, 'tracing'),
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    api.DiagLogLevel.WARN,
  );
  const resource = resources
    .defaultResource()
    .merge(
      resources.resourceFromAttributes({ 'service.name': 'latentql', 'service.version': programVersion() }),
    )
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const provider = new sdk.BasicTracerProvider({
    resource,
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
  });
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  api.trace.setGlobalTracerProvider(provider);
  log.info({ endpoint: withoutSecrets(endpoint) }, 'trace export started');
  return () => provider.shutdown().catch(() => undefined); // the exporter has logged the reason
}

/** An endpoint may contain a password or a token. */
function withoutSecrets(endpoint: string): string {
  if (!URL.canParse(endpoint)) return '(no URL)';
  const { origin, pathname } = new URL(endpoint);
  return origin + pathname;
}
