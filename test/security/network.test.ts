import { execFile, spawnSync } from 'node:child_process';
import { getServers } from 'node:dns';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { INWARD, LOCAL_ADDRESSES, PUBLIC_ADDRESS, type Report } from './hostile-addresses.ts';

const HERE = import.meta.dirname;

/** A network of its own, with loopback alone, for a user without rights. */
const ALONE = ['unshare', '-rn'] as const;

test('A server asks no address of its own network, however it is written, named or redirected to', async ({
  skip,
}) => {
  const [command, ...flags] = ALONE;
  const { status, stderr } = spawnSync(command, [...flags, 'true'], { encoding: 'utf8' });
  if (status !== 0) skip(`the kernel gives no network namespace: ${stderr}`);

  const nameServers = getServers().filter((address) => !address.startsWith('127.'));
  const { stdout } = await promisify(execFile)(
    command,
    [
      ...flags,
      ...['perl', join(HERE, 'loopback-alone.pl'), ...LOCAL_ADDRESSES, ...nameServers, '--'],
      ...[process.execPath, '--import', 'tsx', join(HERE, 'hostile-network.ts')],
    ],
    { cwd: join(HERE, '../..') },
  );
  const report = JSON.parse(stdout) as Report;

  for (const target of INWARD) {
    const refused = { job: null, userErrors: [{ code: 'IMAGE_UNREACHABLE' }] };
    expect([target, report[target]]).toMatchObject([target, { ...refused, asked: [] }]);
    // The redirect comes from a public server, which is all that is asked.
    const redirected = report[`redirect to ${target}`];
    const asked = [`${PUBLIC_ADDRESS} public.example`];
    expect([target, redirected]).toMatchObject([target, { ...refused, asked }]);
  }
  expect(report['rebinding']).toMatchObject({
    job: null,
    asked: [`${PUBLIC_ADDRESS} rebinding.example`],
  });

  // Who is asked there does answer.
  const taken = { job: { id: expect.any(String) as string }, userErrors: [] };
  expect(report['public']).toMatchObject({ ...taken, asked: [`${PUBLIC_ADDRESS} ${PUBLIC_ADDRESS}`] });
  expect(report['public name']).toMatchObject({ ...taken, asked: [`${PUBLIC_ADDRESS} public.example`] });
  expect(report['allowed']).toMatchObject({ ...taken, asked: ['169.254.169.254 169.254.169.254'] });
}, 180_000);
