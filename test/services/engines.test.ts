import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openServices } from '../../src/services/index.ts';
import type { OpenServices } from '../../src/services/shared.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

const PATIENT = { timeout: 60_000 };

/** Prints a stack trace, a warning, and what is no error. */
const SPEAKING = `data:text/javascript,${encodeURIComponent(
  "console.log('to stdout'); console.error(Object.assign(new Error('the driver failed'), { code: 'EDRIVER' }));",
)}`;

describe('the engines of a server', PATIENT, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let services: OpenServices | undefined;
  let logged: Record<string, unknown>[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    logged = [];
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await services?.close();
    await folder.remove();
  });

  async function open(environment: NodeJS.ProcessEnv = {}): Promise<OpenServices> {
    const write = (line: Buffer, _encoding: string, done: () => void) => {
      logged.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    };
    const log = pino({ level: 'debug' }, new Writable({ write }));
    const config = readConfig({
      DEVICE: 'cpu',
      DATA_DIR: folder.path,
      MODELS_DIR: folder.path,
      ...environment,
    });
    services = await openServices(config, log);
    await vi.waitFor(async () => {
      expect((await services!.state()).problems).toEqual([]);
    }, PATIENT);
    return services;
  }
  const lines = (message: string) => logged.filter(({ msg }) => msg === message);

  it('are not ready while one that was killed idle is away, say so in the log, and come back', async () => {
    const { devices, state } = await open();
    const [{ processId } = { processId: null }] = await devices();
    process.kill(processId!, 'SIGKILL');
    await vi.waitFor(async () => {
      expect((await devices())[0]).toMatchObject({ state: 'STOPPED', processId: null, interruptions: 1 });
    }, PATIENT);
    const how = /^was killed by SIGKILL; most likely the system ran out of memory: lower MEMORY_LIMIT/;
    expect((await state()).problems).toEqual([
      expect.stringMatching(/^cpu: the engine process was killed by SIGKILL/),
    ]);
    expect(lines('engine process ended unexpectedly')).toMatchObject([
      {
        level: 50,
        device: 'cpu',
        code: null,
        signal: 'SIGKILL',
        while: 'IDLE',
        how: expect.stringMatching(how) as string,
      },
    ]);
    await vi.waitFor(async () => {
      expect((await devices())[0]).toMatchObject({ state: 'IDLE', problem: null, interruptions: 1 });
    }, PATIENT);
    expect((await state()).problems).toEqual([]);
  });

  it('are told apart by names that do not change', async () => {
    const { devices } = await open({ DEVICE: 'cpu,cpu' });
    expect((await devices()).map(({ name }) => name)).toEqual(['cpu', 'cpu#2']);
  });

  it('print into the log: errors as warnings, a stack trace as one record', async () => {
    vi.stubEnv('NODE_OPTIONS', `--import=${SPEAKING}`);
    await open();
    await vi.waitFor(() => {
      expect(lines('engine output')).toHaveLength(2);
    }, PATIENT);
    const [said, failed] = lines('engine output').sort((a, b) => Number(a['level']) - Number(b['level']));
    expect(said).toMatchObject({ level: 30, output: 'to stdout' });
    expect(failed).toMatchObject({ level: 40, device: 'cpu' });
    expect(failed!['output']).toMatch(/^Error: the driver failed\n( {4}at .*\n)+.*code: 'EDRIVER'\n}$/s);
  });
});
