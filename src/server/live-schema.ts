import type { GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { ModelCatalog } from '../models/catalog.ts';

/** The schema of the models that there are now. Operations under way, subscriptions among them, keep the one they began with. */
export class LiveSchema {
  readonly #stop: () => void;
  #current: GraphQLSchema;

  /** `build` makes the schema of the present entries. Throws what it throws, the first time alone. */
  constructor(models: Pick<ModelCatalog, 'onChange'>, build: () => GraphQLSchema, log: Logger) {
    this.#current = build();
    this.#stop = models.onChange(() => {
      try {
        this.#current = build();
        log.info({}, 'schema changed with the models');
      } catch (err) {
        log.error({ err }, 'the schema is unchanged: the models found now would make it invalid');
      }
    });
  }

  get current(): GraphQLSchema {
    return this.#current;
  }

  /** Hands the present schema to each operation, over every transport. */
  plugin(): Plugin {
    return {
      onEnveloped: ({ setSchema }) => {
        setSchema(this.#current);
      },
    };
  }

  close(): void {
    this.#stop();
  }
}
