import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { SETTINGS } from '../../src/config.ts';
import { COMPILED_COMMAND } from '../compiled-package.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-cli-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Every command that does something, by its path. */
function commands(program: Command, path: readonly string[] = []): [path: string, command: Command][] {
  if (program.commands.length === 0) return [[path.join(' '), program]];
  return program.commands.flatMap((child) => commands(child, [...path, child.name()]));
}

describe('the command', () => {
  test('shows what there is when it is asked', async () => {
    const { code, stdout, stderr } = await runCommand(folder, ['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['serve', 'worker', 'img2img', 'models', 'setup', 'keys', 'doctor', 'config'])
      expect(stdout).toMatch(new RegExp(`^  ${word} `, 'm'));
    expect(stdout).toContain('Exit codes: 0 done, 1 failed');
  });

  test('shows its version, that of the package', async () => {
    const { version } = JSON.parse(
      await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'),
    ) as { version: string };
    expect(await runCommand(folder, ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    [['check', '--no-such-flag'], "unknown option '--no-such-flag'"],
    [['serve', '--prot', '5'], 'Did you mean --port?'],
    [['serve', 'now'], 'too many arguments'],
    [['dance'], "unknown command 'dance'"],
    [['keys', 'dance'], "unknown command 'dance'"],
    [['keys', 'add'], "missing required argument 'name'"],
    [['backup'], "missing required argument 'folder'"],
    [['img2img', '--steps', 'many'], 'expected a number'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish'],
    [['img2img'], 'give a picture, a --prompt, or both'],
    [[], 'Usage: latentql'],
  ])('ends with 2 and says why when it does not understand %j', async (words, why) => {
    const errors: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => errors.push(String(text)) > 0);
    const before = process.exitCode;
    const { run } = await import('../../src/cli/run.ts');
    await run(words);
    expect(process.exitCode).toBe(2);
    process.exitCode = before;
    vi.restoreAllMocks();
    expect(errors.join('')).toContain(why);
  });

  test('says of `config` and `doctor` that they take the settings as flags, and presets nothing in the words of a library', () => {
    const help = (name: string) => {
      let text = '';
      const command = createProgram().commands.find((child) => child.name() === name)!;
      command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
      return text;
    };
    for (const name of ['config', 'doctor'])
      expect(help(name)).toContain('It takes the settings of `latentql serve` as flags, too.');
    expect(help('serve')).toMatch(/--federation \[true\|false\] +serves the schema/);
    expect(help('serve')).not.toContain('preset');
  });

  test('has a sentence about each of its commands, which all take --help', () => {
    const all = commands(createProgram());
    expect(all.length).toBeGreaterThan(15);
    for (const [path, command] of all) {
      expect([path, command.description()]).toEqual([path, expect.stringMatching(/\w{3}/)]);
      expect(command.helpInformation()).toContain('--help');
    }
  });

  test('takes every setting as a flag where a server is started', () => {
    const byName = new Map(commands(createProgram()));
    const flags = byName.get('serve')!.options.map(({ long }) => long);
    expect(SETTINGS.map((name) => `--${name.toLowerCase().replaceAll('_', '-')}`)).toEqual(
      expect.arrayContaining(flags),
    );
    expect(flags).toHaveLength(SETTINGS.length);
  });
});

test('A process that may open too few files ends with what it needs', async () => {
  const start = `ulimit -n 48; exec "${process.execPath}" "${COMPILED_COMMAND}" serve --port 0`;
  const ended = promisify(execFile)('sh', ['-c', start], { cwd: folder });
  await expect(ended).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^ulimit -n: expected 512 open files or more, got 48$/m) as string,
  });
});

describe.skipIf(process.platform !== 'linux')('A process with too little address space', () => {
  test.each([
    [
      2_000_000,
      /^ulimit -v: expected unlimited, or at least 4000000 \(KB\) and the size of the models, got 2000000\n$/,
    ],
    [
      6_000_000,
      /^ulimit -v: too little address space for WebAssembly: .* NODE_OPTIONS=--disable-wasm-trap-handler$/m,
    ],
  ])('of %i KB ends with what it needs', async (kilobytes, why) => {
    const start = `ulimit -v ${kilobytes}; exec "${process.execPath}" "${COMPILED_COMMAND}" serve --port 0 --device cpu`;
    const ended = promisify(execFile)('sh', ['-c', start], { cwd: folder });
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(why) as string,
    });
  });
});

describe('config', () => {
  test('shows each setting with its origin, and no secret', async () => {
    await writeFile(join(folder, '.env'), 'API_KEYS=geheim,other\nPORT=1\nHOST=::1\nRETENTION=36h\n');
    await writeFile(join(folder, 'latentql.config.json'), '{ "port": 2, "queueLimit": 7 }');
    const { code, stdout } = await runCommand(folder, ['config', '--host', '127.0.0.2'], {
      RETENTION: '48h',
    });
    expect(code).toBe(0);
    expect(stdout).not.toContain('geheim');
    expect(stdout).toMatch(/^HOST +127\.0\.0\.2 +--host$/m);
    expect(stdout).toMatch(/^PORT +1 +\.env$/m);
    expect(stdout).toMatch(/^QUEUE_LIMIT +7 +latentql\.config\.json$/m);
    expect(stdout).toMatch(/^RETENTION +2d +environment$/m);
    expect(stdout).toMatch(/^API_KEYS +2 hidden +\.env$/m);
    expect(stdout).toMatch(/^DEVICE +auto +default$/m);
    const json = await runCommand(folder, ['config', '--json', '--federation']);
    const shown = JSON.parse(json.stdout) as Record<string, unknown>;
    expect(Object.keys(shown)).toEqual(SETTINGS);
    expect(shown['FEDERATION']).toEqual({ value: true, origin: '--federation' });
  });

  test('ends with 1 where a file cannot be understood, and names it', async () => {
    const wrong = await mkdtemp(join(folder, 'wrong-'));
    await writeFile(join(wrong, 'latentql.config.json'), '{ "prot": 2 }');
    const { code, stderr } = await runCommand(wrong, ['config']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Invalid settings in ${join(wrong, 'latentql.config.json')}:\n  prot: unknown setting\n`,
    );
  });
});

describe('completion', () => {
  const has = (shell: string) =>
    promisify(execFile)(shell, ['--version']).then(
      () => true,
      () => false,
    );
  const scriptFor = async (shell: 'bash' | 'zsh' | 'fish') => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)));
    await createProgram().parseAsync(['completion', shell], { from: 'user' });
    vi.restoreAllMocks();
    return printed.join('\n');
  };

  test.each([
    ['latentql mo', ['models']],
    ['latentql models ', ['list', 'pull', 'verify', 'remove', '--help']],
    ['latentql serve --port 4000 --data', ['--data-dir']],
    ['latentql keys add --ro', ['--role']],
    ['latentql completion z', ['zsh']],
    ['latentql config --por', ['--port']],
  ])('of bash knows what may follow %j', async (line, expected) => {
    if (!(await has('bash'))) return;
    const words = line.split(' ');
    const script = `${await scriptFor('bash')}
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
      _latentql; echo "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    expect(stdout.trim().split(' ')).toEqual(expected);
  });

  test('of zsh is a script that zsh takes', async ({ skip }) => {
    if (!(await has('zsh'))) skip('zsh is not installed');
    const script = `autoload -U compinit && compinit -D\n${await scriptFor('zsh')}`;
    const { stderr } = await promisify(execFile)('zsh', ['-f', '-c', script]);
    expect(stderr).toBe('');
  });

  test.each([
    ['latentql mo', ['models']],
    ['latentql keys add --ro', ['--role']],
    ['latentql completion f', ['fish']],
  ])('of fish knows what may follow %j', async (line, expected) => {
    if (!(await has('fish'))) return; // fish is no part of most systems
    const script = `${await scriptFor('fish')}\ncomplete -C '${line}'`;
    const { stdout, stderr } = await promisify(execFile)('fish', ['--no-config', '-c', script], {
      env: { ...process.env, HOME: folder },
    });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(expected);
  });
});

describe('img2img', () => {
  test('shows what a server of another kind answers, and what cannot be read', async () => {
    const away = await runCommand(folder, ['img2img', '--prompt', 'x', '--url', 'http://127.0.0.1:1']);
    expect(away).toMatchObject({ code: 1, stdout: '' });
    expect(away.stderr).toMatch(/^http:\/\/127\.0\.0\.1:1\/graphql cannot be reached: /m);
    const missing = await runCommand(folder, ['img2img', 'no-such.png']);
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no-such.png cannot be read') as string,
    });
    await expect(access(join(folder, 'out.png'))).rejects.toThrow();
  });

  test.each([
    [['--sampler', 'best'], '--sampler: unknown sampler "best"\n'],
    [['--scheduler', 'best'], '--scheduler: unknown scheduler "best"\n'],
    [['--model', 'best'], '--model: unknown model "best": see latentql models list\n'],
  ])('names the flag of what it does not know: %j', { timeout: 60_000 }, async (words, why) => {
    const { code, stderr } = await runCommand(folder, ['img2img', '--prompt', 'x', ...words], {
      DEVICE: 'cpu',
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: why });
  });

  test.each([
    ['no-such-folder/out.png', 'ENOENT'],
    ['.', 'it is a folder'],
  ])('says before it begins that %s cannot be written', async (output, why) => {
    const errors: string[] = [];
    vi.spyOn(console, 'error').mockImplementation((text) => void errors.push(String(text)));
    const before = process.exitCode;
    const { run } = await import('../../src/cli/run.ts');
    await run(['img2img', '--prompt', 'x', '--url', 'http://127.0.0.1:1', '-o', output]);
    expect(process.exitCode).toBe(1);
    process.exitCode = before;
    vi.restoreAllMocks();
    expect(errors).toEqual([expect.stringMatching(`^--output: ${output} cannot be written: .*${why}`)]);
  });
});
