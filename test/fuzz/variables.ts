import fc from 'fast-check';
import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind as Node,
  parse,
  typeFromAST,
} from 'graphql';
import { hostileNumber, hostileText, hostileValue, spoilt } from './hostile.ts';
import { type Gen, type Kind, oneOf } from './kind.ts';
import { schema } from './schema.ts';

/** Operations whose fields take what users write. */
const OPERATIONS = [
  ...Array<string>(4).fill(
    'mutation ($v: Img2ImgInput!) { img2img(input: $v) { job { id warnings { code message } } userErrors { code field message } } }',
  ),
  'mutation ($v: String) { img2img(input: {model: starter, steps: 1, width: 64, height: 64}, idempotencyKey: $v) { job { id } userErrors { code } } }',
  'query ($v: ID!) { job(id: $v) { id status } node(id: $v) { id } }',
  'query ($v: [ID!]!) { nodes(ids: $v) { id } }',
  'query ($v: String) { jobs(after: $v, text: $v, model: $v) { totalCount nodes { id } } }',
  'query ($v: DateTime) { jobs(createdFrom: $v) { nodes { id input { prompt } } } }',
  'query ($v: Int) { jobs(first: $v) { nodes { id images { url(quality: $v) } } } }',
  'query ($v: String) { settingsOf(imageUrl: $v) { tool settings: leftOut } }',
  'mutation ($v: ID!) { cancelJob(id: $v) { job { id } userErrors { code } } }',
  'subscription ($v: ID) { img2imgProgress(jobId: $v) { id } }',
];

interface VariablesCase {
  readonly type: string;
  readonly body: string;
}

/** Variables that fit their types, and such as do not; the JSON around them is at times spoilt. */
export const variables: Kind<VariablesCase> = {
  runs: 40,
  make: (gen) => {
    const query = oneOf<string>(gen, ...OPERATIONS);
    const given = {
      query,
      variables: { v: valueOf(gen, typeOf(query), 3), [hostileText(gen)]: hostileText(gen) },
    };
    const isForm = gen(fc.nat, 9) === 0;
    const form = new URLSearchParams({ query, variables: JSON.stringify(given.variables) }).toString();
    return {
      type: isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      body: isForm
        ? form
        : spoilt(gen, JSON.stringify(given), ['{', '[', '"', ',', ':', '1e999', '"__proto__":']),
    };
  },
  send: async ({ type, body }, target) => {
    const headers = { 'content-type': type, accept: 'application/json', 'graphql-preflight': '1' };
    await target.request('/graphql', { method: 'POST', headers, body });
  },
};

/** The type of an operation's only variable. */
function typeOf(query: string): GraphQLInputType {
  const [definition] = parse(query).definitions;
  if (definition?.kind !== Node.OPERATION_DEFINITION) throw new Error(`no operation: ${query}`);
  return typeFromAST(schema, definition.variableDefinitions![0]!.type as never) as GraphQLInputType;
}

/** A value of a type; at times one that does not fit. */
function valueOf(gen: Gen, type: GraphQLInputType, depth: number): unknown {
  if (gen(fc.nat, 12) === 0) return hostileValue(gen);
  if (isNonNullType(type)) return valueOf(gen, type.ofType, depth);
  if (isListType(type)) return Array.from({ length: gen(fc.nat, 4) }, () => valueOf(gen, type.ofType, depth));
  if (isEnumType(type)) return oneOf<string>(gen, ...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(() => gen(fc.nat, 2) === 0);
    const small = { model: 'starter', steps: 1, width: 64, height: 64 };
    return Object.assign(
      gen(fc.boolean) ? small : {},
      Object.fromEntries(fields.map((field) => [field.name, valueOf(gen, field.type, depth - 1)])),
    );
  }
  if (type.name === 'Int' || type.name === 'Float') return hostileNumber(gen);
  return type.name === 'Boolean' ? gen(fc.boolean) : hostileText(gen);
}
