import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkGraph } from '../graph/graph.ts';
import type { Device } from './device.ts';
import { openProfiledSession, type Session } from './session.ts';

/** A session that records where its nodes run. */
export interface TracedSession extends Session {
  /** The operators of the nodes that have run on the CPU so far, sorted. Stops recording. */
  operatorsOnCpu(): Promise<string[]>;
}

/** An event in ONNX Runtime's profile. */
interface ProfileEvent {
  readonly cat?: string;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

/** Loads a network and records where its nodes run. Throws DeviceError. */
export async function openTracedSession(graph: NetworkGraph, device: Device): Promise<TracedSession> {
  const folder = await mkdtemp(join(tmpdir(), 'latentql-trace-'));
  const { session, endProfiling } = await openProfiledSession(graph, device, join(folder, 'run'));
  return {
    ...session,
    async operatorsOnCpu() {
      endProfiling();
      const [file] = await readdir(folder);
      const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as ProfileEvent[];
      const onCpu = events.flatMap(({ cat, args }) =>
        cat === 'Node' && args?.provider === 'CPUExecutionProvider' ? [args.op_name ?? ''] : [],
      );
      await rm(folder, { recursive: true });
      return [...new Set(onCpu)].sort();
    },
    async release() {
      await session.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
