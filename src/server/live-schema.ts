import type { GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { ModelCatalog } from '../models/catalog.ts';

/** The schema for the current models. Operations in progress, subscriptions too, keep the schema that they started with. */
export class LiveSchema {
  readonly #stop: () => void;
  #current: GraphQLSchema;

  /** `build` makes the schema of the current models. Its first error is thrown, later ones are logged. */
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

  /** Gives each operation the current schema, over every transport. */
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
