import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { InputError } from '../input-error.ts';
import type { Role } from '../keys/key.ts';
import { type Caller, mustHaveRole } from '../resolvers/caller.ts';
import type { UserError } from '../resolvers/errors.ts';
import type { Refusal, Refusals } from '../resolvers/refusals.ts';
import type { Context } from '../schema/index.ts';
import { BusyError } from '../sources/byte-budget.ts';

/** Mutations for callers who are no admins, with their roles: they affect only the caller's own jobs. */
export const ROLE_OF_MUTATION: ReadonlyMap<string, Role> = new Map([
  ['img2img', 'submit'],
  ['cancelJob', 'submit'],
  ['cancelJobs', 'submit'],
  ['retryJob', 'submit'],
  ['deleteJob', 'submit'],
  ['uploadImage', 'submit'],
  ['rerun', 'submit'],
  ['deleteImage', 'submit'],
  ['setPriority', 'submit'],
]);

/** Arguments of mutations that are logged. */
const LOGGED_ARGUMENTS = ['id', 'model', 'status', 'priority', 'allKeys'] as const;

/**
 * The same schema, in which every mutation first checks the caller's role, and logs what it did or refused with the key's name. A
 * mutation that is not listed here requires an admin.
 */
export function guardMutations(
  schema: GraphQLSchema,
  { refusals, log }: { readonly refusals: Pick<Refusals, 'note'>; readonly log: Logger },
): GraphQLSchema {
  for (const [name, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve as GraphQLFieldResolver<unknown, Context>;
    const role = ROLE_OF_MUTATION.get(name) ?? 'admin';
    field.resolve = async (root, args: Record<string, unknown>, context: Context, info) => {
      const { caller } = context;
      const facts = { key: caller.name, mutation: name, ...namedIn(args) };
      try {
        mustHaveRole(caller, role, name);
        const result: unknown = await resolve(root, args, context, info);
        const { userErrors = [], job } = (result ?? {}) as Payload;
        for (const error of userErrors) refusals.note({ ...refusalOf(error, caller), mutation: name });
        if (caller.name !== null && userErrors.length === 0)
          log.info({ ...facts, ...(job && { jobId: job.id }) }, 'mutation done');
        return result;
      } catch (error) {
        const refusal = refusalIn(error);
        if (refusal) refusals.note({ ...refusalOf(refusal, caller), mutation: name }, error as Error);
        throw error; // the error mask logs all others
      }
    };
  }
  return schema;
}

/** A mutation's payload; one with user errors changed nothing. */
interface Payload {
  readonly userErrors?: readonly UserError[];
  readonly job?: { readonly id: string } | null;
}

const refusalOf = (
  { code, field, message: reason }: Pick<UserError, 'field' | 'message'> & { code: string },
  { owner, name }: Caller,
): Refusal => ({
  ...{ code, owner, reason },
  ...(name !== null && { key: name }),
  ...(field && field.length > 0 && { field: field.join('.') }),
});

const namedIn = (args: Record<string, unknown>) =>
  Object.fromEntries(
    LOGGED_ARGUMENTS.flatMap((name) => (args[name] == null ? [] : [[name, brief(args[name])]])),
  );

/** A client's text, safe and short enough for the log. */
const brief = (value: unknown): unknown => (typeof value === 'string' ? value.slice(0, 100) : value);

/** The refusal behind an error; undefined if it is a failure of the server. */
function refusalIn(error: unknown): Parameters<typeof refusalOf>[0] | undefined {
  if (error instanceof BusyError) return { code: 'BUSY', field: null, message: error.message };
  return error instanceof InputError ? error : undefined;
}
