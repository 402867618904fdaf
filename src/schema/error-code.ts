import type { ErrorCode } from '../error-code.ts';
import type { UserErrorCode } from '../input-error.ts';
import { describedValues, type Builder } from './builder.ts';

/** User errors that queries and subscriptions have too, where there is no payload to put them in. */
type SharedCode = Extract<
  UserErrorCode,
  | 'INVALID_VALUE'
  | 'UNSUPPORTED'
  | 'NOT_FOUND'
  | 'EXPIRED'
  | 'RECORD_UNREADABLE'
  | 'IMAGE_UNREACHABLE'
  | 'IMAGE_INVALID'
  | 'IMAGE_TOO_LARGE'
>;

/** ErrorCode: no field has this type; it names what `extensions.code` can be. */
export function addErrorCode(builder: Builder): void {
  builder.enumType('ErrorCode', {
    description: 'The `extensions.code` of an entry in `errors`.',
    values: describedValues<ErrorCode | SharedCode>({
      GRAPHQL_PARSE_FAILED: 'The document has a syntax error.',
      BAD_USER_INPUT: 'A variable or argument has the wrong type or is missing.',
      BAD_REQUEST: 'The request or its document is not valid.',
      UNAUTHENTICATED: 'The request has no valid API key.',
      FORBIDDEN:
        'The API key may not do this, or a browser on another site may have sent the request; the message says which.',
      TOO_MANY_REQUESTS:
        'Too many requests of this API key; try again after `extensions.retryAfter` seconds.',
      GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
      OPERATION_RESOLUTION_FAILURE:
        'The document has no operation of this name, or several and none is named.',
      PERSISTED_QUERY_NOT_SUPPORTED: 'The server does not know documents by their hash; send the document.',
      PERSISTED_QUERY_NOT_FOUND: 'The server has no document with this hash; send the document.',
      UNTRUSTED_DOCUMENT: 'The server runs only the documents of its manifest.',
      NOT_ACCEPTABLE: 'The Accept header allows none of the response types; the message lists them.',
      UNSUPPORTED_MEDIA_TYPE: 'The body has a Content-Type that the server does not read.',
      REQUEST_ENTITY_TOO_LARGE: 'The body is larger than the server accepts.',
      DOCUMENT_TOO_LARGE: 'The document is longer than the server accepts.',
      TOO_MANY_VALUES: 'The JSON of the request has more keys and list entries than the server accepts.',
      TOO_MUCH_UNREAD: 'Too many responses are waiting for this client to read them.',
      TOO_MANY_TOKENS: 'The document has more tokens than the server accepts.',
      TOO_DEEP: 'The document is nested deeper than the server accepts.',
      TOO_MANY_ALIASES: 'The document has more aliases than the server accepts.',
      TOO_MANY_DIRECTIVES: 'The document has more directives than the server accepts.',
      TOO_EXPENSIVE: 'The document may select more fields than the server accepts.',
      TOO_MANY_OPERATIONS: 'The WebSocket connection has as many open operations as the server accepts.',
      BUSY: 'The server is handling as many requests, pictures or conversions as it accepts; try again later.',
      STORAGE_FULL: 'The server has no room for another image or job.',
      STORAGE_UNAVAILABLE: 'The object store does not answer; try again later.',
      IMAGE_LOST: 'The file of a picture is missing or damaged in the object store; it may be in a backup.',
      QUEUE_UNAVAILABLE: 'The queue does not answer; try again later.',
      INTERNAL_SERVER_ERROR: 'A fault of the server; its log says more under the id in the message.',
      INVALID_VALUE: 'A value is out of its range or contradicts another; `extensions.field` is its path.',
      UNSUPPORTED: 'The request is valid, but this server cannot do it.',
      NOT_FOUND: 'There is no such object.',
      EXPIRED: 'The object has been removed.',
      RECORD_UNREADABLE: 'The record is kept, but this version cannot read it.',
      IMAGE_UNREACHABLE: 'The picture cannot be fetched.',
      IMAGE_INVALID: 'The picture is damaged, or of a kind that is not read.',
      IMAGE_TOO_LARGE: 'The picture has too many bytes or pixels, or takes too much to decode.',
    }),
  });
}
