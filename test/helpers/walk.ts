import { expect } from 'vitest';
import type { TestGateway } from './gateway.ts';

const MOST_PAGES = 100;

interface Connection {
  readonly nodes: readonly Record<string, any>[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The connection that a query calls `list`, at the top or below one object after the other. */
const findList = (data: Readonly<Record<string, any>> | null | undefined): Connection =>
  data?.['list'] ?? findList(Object.values(data ?? {})[0]);

/**
 * The nodes of a connection, page after page by `endCursor`. `query` takes `$after` and calls its connection `list`.
 */
export const walk = async (
  gateway: TestGateway,
  headers: Readonly<Record<string, string>>,
  query: string,
): Promise<readonly (readonly Record<string, any>[])[]> => {
  const pages: (readonly Record<string, any>[])[] = [];
  let after: string | null = null;
  for (;;) {
    const { data, errors } = await gateway.execute(query, headers, { after });
    expect(errors).toEqual([]);
    const { nodes, pageInfo } = findList(data);
    pages.push(nodes);
    if (!pageInfo.hasNextPage) return pages;
    after = pageInfo.endCursor;
    if (after === null || pages.length === MOST_PAGES) throw new Error('the walk does not come to an end');
  }
};
