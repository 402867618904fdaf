import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createProgram } from '../src/cli/program.ts';
import { readConfig, SETTINGS } from '../src/config.ts';

const DEPLOY = join(import.meta.dirname, '../deploy');
const read = (file: string) => readFile(join(DEPLOY, file), 'utf8');

/** Variables of others: Node, the loader of CUDA, the AWS SDK, MinIO and its client. */
const FOREIGN = /^(NODE_ENV|XDG_CACHE_HOME|AWS_\w+|MINIO_\w+|S3_\w+)$/;

const COMMANDS = createProgram().commands.map((command) => command.name());

interface Service {
  /** null: as it is where compose runs. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly command?: readonly string[];
  readonly image?: string;
  readonly read_only?: boolean;
}

/** A compose file's value with its defaults: `${NAME:-value}`. */
const filledIn = (text: string): string =>
  text.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replace(/\$\{\w+:\?[^}]*\}/g, 'secret-enough');

describe('compose files', async () => {
  const files = (await readdir(DEPLOY)).filter((name) => name.endsWith('.yaml'));

  test.each(files)('%s names settings and commands that exist, with values that are valid', async (file) => {
    const { services } = parse(await read(file), { merge: true }) as { services: Record<string, Service> };
    for (const [name, service] of Object.entries(services)) {
      const names = Object.keys(service.environment ?? {});
      expect([
        name,
        names.filter((one) => !FOREIGN.test(one) && !(SETTINGS as string[]).includes(one)),
      ]).toEqual([name, []]);
      if (service.image !== undefined && !service.image.startsWith('latentql')) continue;
      const values = Object.entries(service.environment ?? {}).flatMap(([key, text]) =>
        text === null ? [] : [[key, filledIn(text)]],
      );
      expect(() => readConfig(Object.fromEntries(values) as Record<string, string>)).not.toThrow();
      expect(COMMANDS).toContain(service.command?.[0] ?? 'serve');
      if (service.image !== undefined) expect(service.read_only).toBe(true);
    }
  });
});

interface Manifest {
  readonly kind: string;
  readonly spec: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly args?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
}

describe('Kubernetes manifests', async () => {
  const files = await readdir(join(DEPLOY, 'kubernetes'));

  test.each(files)(
    '%s names settings, commands and ports that exist, with values that are valid',
    async (file) => {
      const documents = parseAllDocuments(await read(join('kubernetes', file)));
      const manifests = documents.map((document) => document.toJS() as Manifest);
      const containers = manifests.flatMap(({ spec }) => spec.template?.spec.containers ?? []);
      expect(containers.length).toBeGreaterThan(0);
      for (const { args = ['serve'], env, ports, securityContext } of containers) {
        const unknown = env.filter(
          ({ name }) => !FOREIGN.test(name) && !(SETTINGS as string[]).includes(name),
        );
        expect(unknown).toEqual([]);
        const values = Object.fromEntries(env.flatMap(({ name, value }) => (value ? [[name, value]] : [])));
        const { port, workerPort } = readConfig(values);
        expect(ports).toMatchObject([{ containerPort: args[0] === 'worker' ? workerPort : port }]);
        expect(COMMANDS).toContain(args[0]);
        expect(securityContext['readOnlyRootFilesystem']).toBe(true);
      }
    },
  );
});

test('The Dockerfile sets settings that exist, runs no target as root and checks the health of each', async () => {
  const text = await read('Dockerfile');
  const names = [...text.matchAll(/^ENV (.*)$/gm)].flatMap(([, pairs]) =>
    [...pairs!.matchAll(/(\w+)=/g)].map(([, name]) => name!),
  );
  expect(names.filter((name) => !FOREIGN.test(name) && !(SETTINGS as string[]).includes(name))).toEqual([]);
  const targets = text.split(/^FROM /m).filter((stage) => / AS (cpu|cuda)\b/.test(stage));
  expect(targets).toHaveLength(2);
  for (const stage of targets) {
    expect(stage).toMatch(/^USER (node|1000:1000)$/m);
    expect(stage).toContain('HEALTHCHECK');
    expect(stage).toContain('ENTRYPOINT ["latentql"]\nCMD ["serve"]');
  }
});

test('The systemd unit sets settings that are valid and starts a command that exists', async () => {
  const text = await read('latentql.service');
  const values = [...text.matchAll(/^Environment=(.*)$/gm)].flatMap(([, pairs]) =>
    pairs!.split(' ').map((pair) => pair.split('=') as [string, string]),
  );
  expect(values.length).toBeGreaterThan(0);
  expect(values.map(([name]) => name).filter((name) => !(SETTINGS as string[]).includes(name))).toEqual([]);
  expect(() => readConfig(Object.fromEntries(values))).not.toThrow();
  expect(COMMANDS).toContain(/^ExecStart=.* latentql (\w+)$/m.exec(text)?.[1]);
});
