import { context, propagation, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import { JOB_STAGES, type Job, type JobAttempt } from '../jobs/job.ts';

const tracer = trace.getTracer('latentql');

/** The active span as a W3C `traceparent`; undefined without tracing. */
export function activeTrace(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/**
 * Traces an ended job below the request that submitted it: its wait, each attempt, and the stages of the last one. Their times
 * are in the record, so the process that writes the end can export all of them.
 */
export function traceEnded(job: Job): void {
  const { id, request, status, error, createdAt, history } = job;
  const finishedAt = job.finishedAt ?? createdAt;
  const parent = propagation.extract(
    context.active(),
    job.trace === undefined ? {} : { traceparent: job.trace },
  );
  const attributes = {
    'latentql.job.id': id,
    'latentql.job.status': status,
    'latentql.model': request.model,
    'latentql.width': request.width,
    'latentql.height': request.height,
    'latentql.steps': request.steps,
    'latentql.batch_size': request.batchSize,
  };
  const span = tracer.startSpan('job', { startTime: createdAt, attributes }, parent);
  if (!span.isRecording()) return;
  const below = trace.setSpan(parent, span);
  tracer.startSpan('queue', { startTime: createdAt }, below).end(history[0]?.startedAt ?? finishedAt);
  for (const [i, attempt] of history.entries())
    traceAttempt(attempt, finishedAt, below, history[i + 1] ? undefined : job);
  if (error) fail(span, `${error.code}: ${error.message}`);
  span.end(finishedAt);
}

/** The stages of the last attempt, whose timings `job` has. */
function traceAttempt(
  { worker, device, startedAt, endedAt, result, reason }: JobAttempt,
  finishedAt: number,
  parent: Context,
  job: Job | undefined,
): void {
  const attributes = {
    'latentql.worker': worker,
    'latentql.device': device,
    'latentql.result': result ?? '',
  };
  const span = tracer.startSpan('attempt', { startTime: startedAt, attributes }, parent);
  const below = trace.setSpan(parent, span);
  let at = startedAt;
  for (const stage of JOB_STAGES) {
    const time = job?.timings[stage];
    if (time === undefined || stage === 'WAITING') continue;
    tracer.startSpan(stage.toLowerCase(), { startTime: at }, below).end(at + time);
    at += time;
  }
  if (reason !== null) fail(span, reason);
  span.end(endedAt ?? finishedAt);
}

const fail = (span: Span, message: string) => span.setStatus({ code: SpanStatusCode.ERROR, message });
