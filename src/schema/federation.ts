import { GraphQLError, Kind, parse, print, printSchema, visit, type GraphQLSchema } from 'graphql';
import { InputError } from '../input-error.ts';
import type { Job } from '../jobs/job.ts';
import { listModels, type ModelInfo } from '../resolvers/engine.ts';
import { decodeGlobalId } from '../resolvers/ids.ts';
import { findImage, type Image } from '../resolvers/images.ts';
import { findJob } from '../resolvers/jobs.ts';
import { eachOnItsOwn, type Builder } from './builder.ts';
import type { Context } from './context.ts';
import type { addImage } from './image.ts';
import type { addJob } from './job.ts';
import type { addModels } from './model.ts';

/** The key field of each entity: other subgraphs may refer to and extend these types. */
const KEYS = { Job: 'id', Image: 'id', ModelInfo: 'name' } as const;
type EntityName = keyof typeof KEYS;

/** Entities that one `_entities` field may ask for. */
const MAX_ENTITIES = 500;

/** What a gateway sends for an entity: its type and its key. */
interface Representation {
  readonly __typename: EntityName;
  readonly key: string;
}

type Entity = Job | Image | ModelInfo;

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

/** The SDL of a schema as a subgraph of Apollo Federation 2 (apollographql.com/docs/federation/subgraph-spec). */
export function printSubgraph(schema: GraphQLSchema): string {
  const directive = (name: string, fields?: string) => ({
    kind: Kind.DIRECTIVE as const,
    name: { kind: Kind.NAME as const, value: name },
    arguments:
      fields === undefined
        ? []
        : [
            {
              kind: Kind.ARGUMENT as const,
              name: { kind: Kind.NAME as const, value: 'fields' },
              value: { kind: Kind.STRING as const, value: fields },
            },
          ],
  });
  const document = visit(parse(printSchema(schema)), {
    ObjectTypeDefinition(node) {
      const key = new Map<string, string>(Object.entries(KEYS)).get(node.name.value);
      if (key !== undefined) return { ...node, directives: [directive('key', key)] };
      return node.name.value === 'PageInfo' ? { ...node, directives: [directive('shareable')] } : undefined;
    },
  });
  return `${LINK}\n\n${print(document)}`;
}

type Parts = Pick<ReturnType<typeof addJob>, 'Job'> &
  Pick<ReturnType<typeof addImage>, 'Image'> &
  Pick<ReturnType<typeof addModels>, 'ModelInfo' | 'isValue'>;

/** _Any, _Entity, _Service, Query._service and Query._entities; `sdl` is what printSubgraph says of the schema without them. */
export function addFederation(
  builder: Builder,
  { Job, Image, ModelInfo, isValue }: Parts,
  sdl: string,
): void {
  builder.scalarType('_Any', {
    description: 'A representation of an entity: its `__typename` and its key.',
    serialize: () => {
      throw new GraphQLError('_Any is never an output');
    },
    parseValue: parseRepresentation,
  });

  const EntityUnion = builder.unionType('_Entity', {
    description: 'What other subgraphs may refer to.',
    types: [Job, Image, ModelInfo],
    resolveType: (entity: Entity) => {
      if ('request' in entity) return 'Job';
      return 'seed' in entity ? 'Image' : 'ModelInfo';
    },
  });

  const Service = builder.objectRef<{ readonly sdl: string }>('_Service').implement({
    description: 'This server as a subgraph.',
    fields: (t) => ({
      sdl: t.exposeString('sdl', { description: 'Its SDL with the directives of Federation.' }),
    }),
  });

  builder.queryField('_service', (t) =>
    t.field({
      type: Service,
      description: 'For a gateway: the SDL of this subgraph.',
      resolve: () => ({ sdl }),
    }),
  );
  builder.queryField('_entities', (t) =>
    t.field({
      type: [EntityUnion],
      nullable: { list: false, items: true },
      description: 'For a gateway: the entities with these keys; null for a key that is unknown.',
      args: {
        representations: t.arg({
          type: ['_Any'],
          required: true,
          description: `Their types and keys; at most ${MAX_ENTITIES}.`,
        }),
      },
      resolve: async (_root, { representations }, context) => {
        checkCount(representations.length);
        const models = representations.some(({ __typename }) => __typename === 'ModelInfo')
          ? (await listModels(context.services)).filter(({ name }) => isValue(name))
          : [];
        return eachOnItsOwn(representations, (wanted) => findEntity(wanted, models, context));
      },
    }),
  );
}

function parseRepresentation(value: unknown): Representation {
  const given: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  for (const typename of Object.keys(KEYS) as EntityName[]) {
    const key = given[KEYS[typename]];
    if (given['__typename'] === typename && typeof key === 'string') return { __typename: typename, key };
  }
  const expected = Object.entries(KEYS).map(([name, key]) => `${name} with "${key}"`);
  throw new GraphQLError(`_Any must have a "__typename" and its key: ${expected.join(', ')}`);
}

function checkCount(count: number): void {
  if (count <= MAX_ENTITIES) return;
  const message = `representations must have at most ${MAX_ENTITIES} entries, got ${count}`;
  throw new InputError('INVALID_VALUE', ['representations'], message);
}

async function findEntity(
  { __typename, key }: Representation,
  models: readonly ModelInfo[],
  { jobLoader }: Context,
): Promise<Entity | null | undefined> {
  if (__typename === 'ModelInfo') return models.find(({ name }) => name === key);
  const { typename, id } = decodeGlobalId(key, ['representations', 'id']);
  if (typename !== __typename) {
    const message = `representations.id must be the id of a ${__typename}, got that of a ${typename}`;
    throw new InputError('INVALID_VALUE', ['representations', 'id'], message);
  }
  return typename === 'Job' ? findJob(id, jobLoader) : findImage(id, jobLoader);
}
