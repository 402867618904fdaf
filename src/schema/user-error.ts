import type { UserErrorCode } from '../input-error.ts';
import type { UserError } from '../resolvers/errors.ts';
import { describedValues, type Builder } from './builder.ts';

/** UserError and UserErrorCode. */
export function addUserError(builder: Builder) {
  const Code = builder.enumType('UserErrorCode', {
    description: 'What can be wrong with a request.',
    values: describedValues<UserErrorCode>({
      INVALID_VALUE: 'A value is out of its range or contradicts another.',
      UNSUPPORTED: 'The request is sound, but this server cannot do it.',
      MODEL_NOT_INSTALLED: 'A file of the model is missing; the message names it and its folder.',
      MODEL_INVALID: "The model's file cannot be used; the message names the key or offset.",
      IMAGE_UNREACHABLE: 'The source image could not be fetched.',
      IMAGE_INVALID: 'The source is not a picture that can be read.',
      IMAGE_TOO_LARGE: 'The source has too many bytes or pixels.',
      IDEMPOTENCY_KEY_REUSED: 'The idempotency key belongs to another request.',
      QUEUE_FULL: 'Too many jobs are waiting; try again after `retryAfter` seconds.',
      QUOTA_EXCEEDED:
        'The API key has used up a quota, which the message names; `retryAfter` says when it has some again.',
      TOO_MUCH_WORK: 'The job asks for more pixels × steps × images than this server takes.',
      FORBIDDEN: 'The API key may not do this.',
      NOT_WAITING: 'Only a waiting job can be changed this way.',
      NOT_RETRYABLE:
        'Only a job that failed or was canceled can be retried, by a version that knows its settings.',
      NOT_FINISHED: 'The job has not ended yet.',
      NOT_FOUND: 'There is no such object.',
      EXPIRED: 'The object was there, but its record has been removed.',
      RECORD_UNREADABLE: 'The record is kept, but this version cannot read it.',
    }),
  });

  const UserErrorType = builder.objectRef<UserError>('UserError').implement({
    description: 'An expected failure.',
    fields: (t) => ({
      code: t.expose('code', { type: Code, description: 'The kind of failure.' }),
      field: t.exposeStringList('field', {
        nullable: true,
        description:
          'Path of the argument that is wrong, such as ["input", "width"]; null if none is at fault.',
      }),
      message: t.exposeString('message', { description: 'What was expected and what came.' }),
      retryAfter: t.exposeInt('retryAfter', {
        nullable: true,
        description: 'Seconds after which the same request may succeed.',
      }),
    }),
  });

  return { UserError: UserErrorType };
}
