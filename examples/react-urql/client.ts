import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { createClient } from 'graphql-ws';
import { Client, fetchExchange, subscriptionExchange } from 'urql';

const socket = createClient({ url: '/graphql' });

/** These belong to the object around them and have no key. */
const embedded = () => null;

export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  exchanges: [
    cacheExchange({
      keys: {
        ModelInfo: ({ name }) => String(name),
        Img2ImgSettings: embedded,
        Preview: embedded,
        UserError: embedded,
      },
      resolvers: { Query: { jobs: relayPagination() } },
      updates: {
        Mutation: {
          // A new job belongs into the list.
          img2img: (_result, _args, cache) => {
            cache.invalidate('Query', 'jobs');
          },
        },
      },
    }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query: query ?? '', variables: { ...variables } }, sink as never),
        }),
      }),
    }),
  ],
});
