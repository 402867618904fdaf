import fc from 'fast-check';
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import { hostileNumber, hostileText, spoilt } from './hostile.ts';
import { type Gen, type Kind, oneOf } from './kind.ts';
import { schema } from './schema.ts';
import { FuzzSocket } from './sockets.ts';

/** How an operation travels. */
const TRANSPORTS = ['POST', 'GET', 'SSE', 'multipart/mixed', 'WebSocket'] as const;

interface DocumentCase {
  readonly transport: (typeof TRANSPORTS)[number];
  readonly query: string;
  readonly operationName: string | undefined;
}

const SYNTAX = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ':',
    '...',
    '@skip(if: true)',
    '@include(if: $x)',
    '"""',
    '#',
    '$',
    '!',
    '&',
    '|',
  ],
  ...[
    'on',
    'fragment F on Job { id }',
    '...F',
    'query',
    'subscription',
    '@defer',
    '@stream',
    '__schema',
    'a: ',
  ],
];

/** Documents made of the schema: valid ones, and those with something spoilt. */
export const documents: Kind<DocumentCase> = {
  runs: 40,
  make: (gen) => {
    const query = spoilt(gen, operation(gen), SYNTAX);
    const operationName = gen(fc.nat, 9) === 0 ? hostileText(gen) : undefined;
    return {
      transport: oneOf<DocumentCase['transport']>(gen, ...TRANSPORTS),
      query,
      operationName,
    };
  },
  send: async ({ transport, query, operationName }, target) => {
    if (transport === 'WebSocket') {
      const socket = await FuzzSocket.acknowledged(target);
      await socket.ask({ query, operationName });
      await socket.leave();
    } else if (transport === 'GET') {
      const parameters = new URLSearchParams({ query: query.slice(0, 4000) });
      if (operationName !== undefined) parameters.set('operationName', operationName.slice(0, 1000));
      await target.request(`/graphql?${parameters.toString()}`);
    } else {
      const accept = transport === 'SSE' ? 'text/event-stream' : transport === 'POST' ? '*/*' : transport;
      const headers = { 'content-type': 'application/json', accept };
      await target.request('/graphql', {
        method: 'POST',
        headers,
        body: JSON.stringify({ query, operationName }),
      });
    }
  },
};

/** One operation, mostly a query. */
function operation(gen: Gen): string {
  const kind = oneOf<'query' | 'mutation' | 'subscription'>(
    gen,
    'query',
    'query',
    'mutation',
    'subscription',
  );
  const root = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  return `${kind} ${selection(gen, root[kind]!, gen(fc.nat, 5))}`;
}

function selection(gen: Gen, type: GraphQLNamedType, depth: number): string {
  const parts = isUnionType(type) ? ['__typename'] : [];
  if (isAbstractType(type) && depth > 0) {
    const one = oneOf<GraphQLNamedType>(gen, ...schema.getPossibleTypes(type));
    parts.push(`... on ${one.name} ${selection(gen, one, depth - 1)}`);
  }
  if ('getFields' in type && !isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    for (let i = gen(fc.nat, 3); i >= 0; i--) {
      const field = fields[gen(fc.nat, fields.length - 1)]!;
      const inner = getNamedType(field.type);
      if (isCompositeType(inner) && depth <= 0) continue;
      const args = field.args.filter(({ type: of }) => isNonNullType(of) || gen(fc.boolean));
      const given = args.map((arg) => `${arg.name}: ${literal(gen, arg.type, 3)}`);
      const alias = gen(fc.boolean) ? `a${gen(fc.nat, 9)}: ` : '';
      const below = isCompositeType(inner) ? ` ${selection(gen, inner, depth - 1)}` : '';
      parts.push(`${alias}${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${below}`);
    }
  }
  return `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`;
}

/** A literal for a type; at times one that does not fit. */
function literal(gen: Gen, type: GraphQLInputType, depth: number): string {
  if (isNonNullType(type)) return literal(gen, type.ofType, depth);
  if (isListType(type)) {
    const items = Array.from({ length: gen(fc.nat, 3) }, () => literal(gen, type.ofType, depth));
    return `[${items.join(', ')}]`;
  }
  if (gen(fc.nat, 15) === 0) return oneOf<string>(gen, 'null', '{}', '[]', '{a: [1]}', '1e999', '$x', 'xyz');
  if (isEnumType(type)) return oneOf<string>(gen, ...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || gen(fc.nat, 3) === 0,
    );
    return `{${depth > 0 ? fields.map((field) => `${field.name}: ${literal(gen, field.type, depth - 1)}`).join(', ') : ''}}`;
  }
  switch (type.name) {
    case 'Int':
    case 'Float':
      return String(hostileNumber(gen));
    case 'Boolean':
      return oneOf<string>(gen, 'true', 'false');
    default:
      return JSON.stringify(hostileText(gen));
  }
}
