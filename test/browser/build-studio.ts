import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The studio as it stands, built before a browser opens it. */
export function setup(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build-studio.js')], {
    stdio: 'inherit',
  });
}
