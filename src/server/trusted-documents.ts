import { readFile } from 'node:fs/promises';
import {
  defaultExtractPersistedOperationId as idOf,
  usePersistedOperations,
} from '@graphql-yoga/plugin-persisted-operations';
import { parse } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { type Config, ConfigError } from '../config.ts';
import type { NamedDocument } from './documents.ts';
import { refusal } from './json.ts';
import { MAX_DOCUMENT_LENGTH } from './limits.ts';

/** Documents that the operator trusts, by their hash. */
export class TrustedDocuments {
  readonly #documents: ReadonlyMap<string, string>;
  /** Whether all others are refused. */
  readonly areOnly: boolean;

  private constructor(documents: ReadonlyMap<string, string>, areOnly: boolean) {
    this.#documents = documents;
    this.areOnly = areOnly;
  }

  /**
   * Reads the manifest that the settings name; undefined without one. `own` is the studio's manifest, which is trusted too.
   * Throws ConfigError for one that cannot be used.
   */
  static async read(
    {
      trustedDocuments: path,
      trustedDocumentsOnly,
    }: Pick<Config, 'trustedDocuments' | 'trustedDocumentsOnly'>,
    own?: string,
  ): Promise<TrustedDocuments | undefined> {
    if (path === undefined) return undefined;
    const fault = (problem: string) => new ConfigError(`TRUSTED_DOCUMENTS ${path}: ${problem}`);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw fault(`cannot be read: ${(error as Error).message}`);
    });
    const documents = documentsIn(text, fault);
    const ofStudio = own === undefined ? [] : documentsIn(own, fault);
    return new TrustedDocuments(new Map([...ofStudio, ...documents]), trustedDocumentsOnly);
  }

  /** Replaces hashes by their documents over HTTP. */
  plugin(): Plugin {
    return usePersistedOperations({
      getPersistedOperation: (id) => this.#find(id) ?? null,
      allowArbitraryOperations: !this.areOnly,
      customErrors: {
        notFound,
        persistedQueryOnly: untrusted,
        keyNotFound: () =>
          this.areOnly ? untrusted() : refusal(400, 'BAD_REQUEST', 'Must provide query string.'),
      },
    });
  }

  /** The document of an operation over WebSocket, where `query` is empty beside a hash. Throws GraphQLError. */
  documentOf({ query, extensions }: NamedDocument): string {
    const id = query ? null : idOf({ extensions: extensions ?? undefined } as GraphQLParams, NO_REQUEST, {});
    if (id !== null) {
      const document = this.#find(id);
      if (document === undefined) throw notFound();
      return document;
    }
    if (this.areOnly) throw untrusted();
    return query ?? '';
  }

  /** Codegen writes "sha256:" before a hash, Apollo's clients do not. */
  #find(id: string): string | undefined {
    return this.#documents.get(id) ?? this.#documents.get(`sha256:${id}`);
  }
}

/** The hash is only in the operation. */
const NO_REQUEST = undefined as unknown as Request;

/** Reads what codegen's client preset writes: `{ "<hash>": "<document>" }`. */
function documentsIn(text: string, fault: (problem: string) => ConfigError): Map<string, string> {
  const expected = 'expected {"<hash>": "<document>", …}, as codegen writes persisted-documents.json';
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw fault(`${expected}, got invalid JSON: ${(error as SyntaxError).message}`);
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) throw fault(expected);
  const documents = new Map<string, string>(Object.entries(manifest));
  if (documents.size === 0) throw fault(`${expected}, got no document`);
  for (const [hash, document] of documents) {
    const of = `${hash.slice(0, 80)}: `;
    if (typeof document !== 'string') throw fault(`${of}${expected}, got a document that is not a string`);
    if (document.length > MAX_DOCUMENT_LENGTH) {
      throw fault(`${of}expected at most ${MAX_DOCUMENT_LENGTH} characters, got ${document.length}`);
    }
    try {
      parse(document);
    } catch (error) {
      throw fault(`${of}${(error as Error).message}`);
    }
  }
  return documents;
}

/** Apollo's clients look for exactly this text, and then send the document itself. */
const notFound = () => refusal(200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');

const untrusted = () =>
  refusal(
    403,
    'UNTRUSTED_DOCUMENT',
    'This server runs only the documents of its manifest: send extensions.persistedQuery with the hash of one, and no query',
  );
