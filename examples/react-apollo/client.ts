import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';

const overSocket = new GraphQLWsLink(createClient({ url: '/graphql' }));
const overHttp = new HttpLink({ uri: '/graphql' });

export const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    overSocket,
    overHttp,
  ),
  cache: new InMemoryCache({
    possibleTypes: {
      Node: ['Image', 'SourceImage', 'Job'],
      Img2ImgEvent: [
        'Img2ImgQueued',
        'Img2ImgStage',
        'Img2ImgStep',
        'Img2ImgCompleted',
        'Img2ImgFailed',
        'Img2ImgCanceled',
      ],
    },
    typePolicies: {
      ModelInfo: { keyFields: ['name'] },
      Query: {
        fields: {
          jobs: relayStylePagination(['status', 'model', 'text', 'tags', 'createdFrom', 'createdBefore']),
          images: relayStylePagination(['model', 'text', 'tags', 'createdFrom', 'createdBefore']),
        },
      },
    },
  }),
});
