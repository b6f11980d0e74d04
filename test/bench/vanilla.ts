import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';

/** Yoga as its documentation starts it, with no protection, no log and nothing upstream. */
const yoga = createYoga({
  schema: createSchema({
    typeDefs: 'type Viewer { name: String } type Query { viewer: Viewer! }',
    resolvers: { Query: { viewer: () => ({}) } },
  }),
});

const server = createServer((request, response) => void yoga(request, response));

server.listen(0, '127.0.0.1', () => {
  console.log(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
});
