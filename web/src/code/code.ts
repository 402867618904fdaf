import { ENDPOINT } from '../api/client.ts';
import type { Job } from '../jobs/jobs.ts';
import { requestOfJob } from '../panel/request.ts';
import { sourceAddress } from '../stage/addresses.ts';

export type CodeLanguage = 'GraphQL' | 'curl' | 'TypeScript';

/** Fields whose values are enum values: GraphQL writes them without quotes. */
const ENUMS: ReadonlySet<string> = new Set(['samplerName', 'scheduler', 'resizeMode']);

/** The exact request that made a job, as `input`. */
export function inputOf(job: Job): Readonly<Record<string, unknown>> {
  const source = sourceAddress(job);
  return { ...requestOfJob(job), ...(source !== null && { imageUrl: `/${source}` }) };
}

const MUTATION = `mutation Img2Img($input: Img2ImgInput!) {
  img2img(input: $input) {
    job { id status }
    userErrors { code field message }
  }
}`;

/** The exact request as code that can be run; a key is never in it. */
export function codeFor(job: Job, language: CodeLanguage, endpoint = String(ENDPOINT)): string {
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
  const lines = Object.entries(input).map(
    ([name, value]) => `    ${name}: ${ENUMS.has(name) ? String(value) : JSON.stringify(value)}`,
  );
  return `{\n${lines.join('\n')}\n  }`;
}
