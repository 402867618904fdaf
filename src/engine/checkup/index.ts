import { fork } from 'node:child_process';
import { once } from 'node:events';
import { childModule } from '../child-modules.ts';
import { environmentFor } from '../engine-process.ts';
import { readRecords } from '../output.ts';
import type { CheckupRequest, Finding } from './finding.ts';

/**
 * Examines a device in a separate process, which is started like an engine process. Each finding is reported
 * immediately. If the process crashes, that is reported as a failed finding.
 */
export async function checkUp(request: CheckupRequest, report: (finding: Finding) => void): Promise<void> {
  const { path, execArgv } = childModule('child', import.meta.url);
  const child = fork(path, {
    serialization: 'advanced',
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environmentFor(request.deviceIndex),
  });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) readRecords(stream, (text) => (said = text));
  child.on('message', (finding: Finding) => {
    report(finding);
  });
  child.send(request);
  // Messages may still arrive after the process has exited.
  const [[code, signal]] = (await Promise.all([once(child, 'exit'), once(child, 'disconnect')])) as [
    [number | null, string | null],
    unknown,
  ];
  if (code === 0) return;
  const how = signal ?? `exit code ${code!}`;
  const detail = `the process ended with ${how}${said === '' ? '' : `: ${said}`}`;
  report({ part: 'provider', name: request.device, ok: false, detail });
}
