import { readFile } from 'node:fs/promises';
import { buildSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { documentLimits } from '../../src/server/limits.ts';

describe('what the studio asks for', () => {
  it('is within the bounds that the server puts on documents, each by itself', async () => {
    const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
    const stored = await readFile('web/src/api/generated/persisted-documents.json', 'utf8');
    const yoga = createYoga({ schema, plugins: [documentLimits()], logging: false, maskedErrors: false });
    const refused: string[] = [];
    for (const query of Object.values(JSON.parse(stored) as Record<string, string>)) {
      const answer = await yoga.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query }),
      });
      const text = await answer.text();
      if (text.includes('TOO_')) refused.push(text);
    }
    expect(refused).toEqual([]);
  });
});
