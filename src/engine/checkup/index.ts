import { fork } from 'node:child_process';
import { once } from 'node:events';
import { childModule } from '../child-modules.ts';
import { environmentFor } from '../engine-process.ts';
import { readRecords } from '../output.ts';
import type { CheckupRequest, Finding } from './finding.ts';

/**
 * Looks at a device in a process of its own, as engine processes are started. Every finding is reported at once; a process that
 * is ended by what it meets is one more failure.
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
  // Messages may still be on their way when the process is gone.
  const [[code, signal]] = (await Promise.all([once(child, 'exit'), once(child, 'disconnect')])) as [
    [number | null, string | null],
    unknown,
  ];
  if (code === 0) return;
  const how = signal ?? `exit code ${code!}`;
  const detail = `the process ended with ${how}${said === '' ? '' : `: ${said}`}`;
  report({ part: 'provider', name: request.device, ok: false, detail });
}
