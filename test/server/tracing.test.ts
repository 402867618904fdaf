import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTelemetry } from '../../src/telemetry/start.ts';
import { RawWebSocket } from '../security/raw.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

/** A span as OTLP sends it. */
interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
}

const spans: SentSpan[] = [];
const collector = createServer((request, response) => {
  void json(request).then((body) => {
    const { resourceSpans } = body as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] };
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    response.setHeader('content-type', 'application/json').end('{}');
  });
});
let server: TestServer;
let stopTelemetry: () => Promise<void>;
beforeAll(async () => {
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  const { port } = collector.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  stopTelemetry = await startTelemetry(process.env, pino({ level: 'silent' }));
  server = await startTestServer();
});
afterAll(async () => {
  await server.close();
  collector.closeAllConnections();
  collector.close();
  vi.unstubAllEnvs();
});

const IMG2IMG = 'mutation Make { img2img(input: { model: starter }) { job { id } } }';
const TRACE = 'a'.repeat(32);

test('A request, its job and the stages of the job are one trace, over HTTP and over WebSocket', async () => {
  await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${TRACE}-${'b'.repeat(16)}-01` },
    body: JSON.stringify({ query: IMG2IMG }),
  });
  const run = await server.handler.next();
  run.run.report({ stage: 'ENCODING_PROMPT' });
  run.run.report({ stage: 'SAMPLING' });
  run.succeed();
  const socket = await new RawWebSocket(server.url).acknowledged();
  socket.subscribe('1', { query: IMG2IMG });
  await socket.message('complete', '1');
  (await server.handler.next()).fail(new Error('broken'));
  await vi.waitFor(async () => {
    expect(await server.services.jobs.count({ status: ['SUCCEEDED', 'FAILED'] })).toBe(2);
  });
  socket.end();
  await stopTelemetry();

  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = ({ name, parentSpanId }: SentSpan): string => {
    const parent = byId.get(parentSpanId ?? '');
    return parent ? `${pathOf(parent)} / ${name}` : name;
  };
  const made = spans.filter(({ traceId }) => traceId === TRACE);
  expect(made.map(pathOf).toSorted()).toEqual([
    'graphql mutation',
    'graphql mutation / job',
    'graphql mutation / job / attempt',
    'graphql mutation / job / attempt / encoding_prompt',
    'graphql mutation / job / attempt / loading_model',
    'graphql mutation / job / attempt / sampling',
    'graphql mutation / job / queue',
  ]);
  expect(made.every((span) => BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano))).toBe(true);
  const failed = spans.filter(({ traceId }) => traceId !== TRACE);
  expect(failed.map(pathOf)).toContain('graphql mutation / job');
  expect(new Set(failed.map(({ traceId }) => traceId)).size).toBe(1);
});

test('Without an endpoint nothing is traced, and nothing is sent', async () => {
  const stop = await startTelemetry({}, pino({ level: 'silent' }));
  await stop();
});
