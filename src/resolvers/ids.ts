import { InputError } from '../input-error.ts';

/** The types that `node` can fetch. */
export type NodeType = 'Job' | 'Image' | 'SourceImage' | 'ModelInfo';

/** Global ids are readable, `Job:0199…`, so that an id from an answer can be found in the log. */
export const encodeGlobalId = (typename: string, id: string): string => `${typename}:${id}`;

const UUID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';

/** The id of a job is a UUID; an image adds its index in the batch; a source has its hash, a model its name. */
const ID_FORM = new RegExp(
  `^(?:(?<name>Job|Image):(?<id>${UUID}(?::\\d{1,3})?)|(?<source>SourceImage):(?<hash>[\\da-f]{64})|(?<model>ModelInfo):(?<key>\\w+))$`,
);

/** The parts of a global id. Throws InputError INVALID_VALUE on `field` for a text that is not an id. */
export function decodeGlobalId(
  globalId: string,
  field: readonly string[] = ['id'],
): { typename: NodeType; id: string } {
  const { name, id, source, hash, model, key } = ID_FORM.exec(globalId)?.groups ?? {};
  const typename = name ?? source ?? model;
  if (typename !== undefined) return { typename: typename as NodeType, id: id ?? hash ?? key! };
  throw new InputError(
    'INVALID_VALUE',
    field,
    `${field.join('.')} must be an id such as "Job:0199c2a0-…", got ${JSON.stringify(globalId.slice(0, 100))}`,
  );
}

/** The id of a job within its global id. Throws InputError INVALID_VALUE on `field` for the id of anything else. */
export function decodeJobId(globalId: string, field: readonly string[] = ['id']): string {
  const { typename, id } = decodeGlobalId(globalId, field);
  if (typename === 'Job') return id;
  const found = JSON.stringify(globalId.slice(0, 100));
  throw new InputError(
    'INVALID_VALUE',
    field,
    `${field.join('.')} must be the id of a job, got that of ${typename === 'Image' ? 'an' : 'a'} ${typename}: ${found}`,
  );
}

/** Ids in one `nodes` field. */
export const MAX_NODES = 100;

/** The same ids. Throws InputError INVALID_VALUE for too many. */
export function checkNodeCount<Ids extends readonly unknown[]>(ids: Ids): Ids {
  if (ids.length <= MAX_NODES) return ids;
  throw new InputError(
    'INVALID_VALUE',
    ['ids'],
    `ids must have at most ${MAX_NODES} entries, got ${ids.length}`,
  );
}
