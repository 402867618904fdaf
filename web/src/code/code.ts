import { pictureAddress } from '../api/picture-address.ts';
import type { Job } from '../jobs/jobs.ts';
import { extendOfJob } from '../panel/request-parts.ts';
import { maskOfJob, requestOfJob } from '../panel/request.ts';

export type CodeLanguage = 'GraphQL' | 'curl' | 'TypeScript';

/** Fields whose values are enum values: GraphQL writes them without quotes. */
const ENUMS: ReadonlySet<string> = new Set([
  ...['samplerName', 'scheduler', 'resizeMode', 'noiseDevice', 'quality', 'fill', 'area'],
  ...['promptStyle', 'emphasis', 'preprocessor', 'method', 'mode', 'tiling', 'decoder'],
]);

/** The exact request that made a job, as `input`. */
export function inputOf(job: Job): Readonly<Record<string, unknown>> {
  const { source } = job.input;
  const mask = maskOfJob(job);
  const extend = extendOfJob(job);
  return {
    ...requestOfJob(job),
    ...(source && { imageUrl: `/${pictureAddress(source.sha256)}` }),
    ...(mask && { mask }),
    ...(extend && { extend }),
  };
}

const MUTATION = `mutation Img2Img($input: Img2ImgInput!) {
  img2img(input: $input) {
    job { id status }
    userErrors { code field message }
  }
}`;

/** The exact request as runnable code, without the API key. */
export function codeFor(job: Job, language: CodeLanguage, endpoint: string): string {
  const input = inputOf(job);
  switch (language) {
    case 'GraphQL':
      return MUTATION.replace('($input: Img2ImgInput!)', '').replace('$input', literal(input));
    case 'curl': {
      const body = JSON.stringify({ query: MUTATION.replaceAll(/\s+/g, ' '), variables: { input } });
      return `curl ${endpoint} \\\n  -H 'Content-Type: application/json' \\\n  -d '${body.replaceAll("'", `'\\''`)}'`;
    }
    case 'TypeScript':
      return `const answer = await fetch(${JSON.stringify(endpoint)}, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    query: \`${MUTATION.replaceAll('\n', '\n      ')}\`,
    variables: {
      input: ${JSON.stringify(input, null, 2).replaceAll('\n', '\n      ')},
    },
  }),
});
const { data } = await answer.json();
console.log(data.img2img);`;
  }
}

/** An input object as GraphQL writes it. */
function literal(input: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(input).map(([name, value]) => `    ${name}: ${valueOf(name, value)}`);
  return `{\n${lines.join('\n')}\n  }`;
}

function valueOf(name: string, value: unknown): string {
  if (ENUMS.has(name)) return String(value);
  if (Array.isArray(value)) return `[${value.map((one) => valueOf(name, one)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, one]) => `${key}: ${valueOf(key, one)}`);
  return `{ ${fields.join(', ')} }`;
}
