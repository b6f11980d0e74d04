import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const operationsFolder = new URL('../schema/operations/', import.meta.url);
const compress = promisify(gzip);

/** Headers to send from the page, such as a session to explore with. */
export type ExplorerHeaders = Readonly<Record<string, string>>;

/** The example operations by their file names, which are numbered in the order in which they explain the schema. */
const readOperations = async (): Promise<readonly string[]> => {
  const names = (await readdir(operationsFolder)).filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(names.map((name) => readFile(new URL(name, operationsFolder), 'utf8')));
};

const renderPage = async (endpoint: string, headers: ExplorerHeaders): Promise<Buffer> => {
  // Nine megabytes, needed by nobody who does not open the page.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const shown = Object.keys(headers).length === 0 ? null : JSON.stringify(headers, null, 2);
  const page = renderGraphiQL({
    title: 'CloudLink and subscriber gateway',
    endpoint,
    defaultTabs: (await readOperations()).map((query) => ({ query, headers: shown })),
    // Tabs restored from an earlier visit have no headers of their own.
    additionalHeaders: { ...headers },
    defaultEditorToolsVisibility: shown === null ? false : 'headers',
  });
  return compress(page);
};

/** GraphiQL as one gzipped page that loads nothing from elsewhere. Rendered when first asked for, then kept. */
export const createGraphiql = (
  endpoint: string,
  headers: () => Promise<ExplorerHeaders>,
): (() => Promise<Buffer>) => {
  let page: Promise<Buffer> | undefined;
  return async () => {
    page ??= headers().then((given) => renderPage(endpoint, given));
    try {
      return await page;
    } catch (error) {
      page = undefined;
      throw error;
    }
  };
};
