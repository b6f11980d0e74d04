import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const tourFolder = new URL('../schema/operations/tour/', import.meta.url);
const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Headers to send from the page, such as a session to explore with. */
export type ExplorerHeaders = Readonly<Record<string, string>>;

/** The tour through the schema: few enough examples for a row of tabs, numbered in the order in which they explain it. */
const readTour = async (): Promise<readonly string[]> => {
  const names = (await readdir(tourFolder)).filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(names.map((name) => readFile(new URL(name, tourFolder), 'utf8')));
};

/**
 * GraphiQL keeps its tabs in the browser, but not which of them was open: it finds it by the query that was edited
 * last, and where there is none it opens an empty one. So the query is put where it looks, before it looks.
 */
const reopenLastTab = `<script>
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
    const edited = new URLSearchParams(location.search).get('query');
    const tab = tabs.find(({ query }) => query === edited) ?? tabs[activeTabIndex];
    localStorage.setItem('graphiql:query', tab.query ?? '');
    localStorage.setItem('graphiql:variables', tab.variables ?? '');
  } catch {
    // A first visit: there is nothing to open again.
  }
</script>`;

/**
 * A tab that is pressed for the first time jumps to where it was before the page was laid out, away from under the
 * mouse, so that the press goes nowhere. It stays where it is instead.
 */
const holdTabs = '<style>.graphiql-tab { transform: none !important; }</style>';

const renderPage = async (endpoint: string, headers: ExplorerHeaders): Promise<Buffer> => {
  // Nine megabytes, needed by nobody who does not open the page.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const hasHeaders = Object.keys(headers).length > 0;
  const page = renderGraphiQL({
    title: 'Gateway',
    endpoint,
    defaultTabs: (await readTour()).map((query) => ({ query })),
    // Sent with every request, whatever a tab shows: tabs outlive the page in the browser, a session does not.
    additionalHeaders: { ...headers },
    ...(hasHeaders && { headers: JSON.stringify(headers, null, 2) }),
    // Over requests of its own, with the same headers: a socket of a page could not send them.
    subscriptionsProtocol: 'SSE',
    // A token belongs in no browser's storage.
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: hasHeaders ? 'headers' : false,
  });
  return compress(
    page.replace('<div id="root"></div>', (root) => root + holdTabs + reopenLastTab),
    { level: 1 },
  );
};

/** The page as it is sent, and the headers that say how. */
interface Page {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Every browser takes gzip; who looks at the page by other means may not. */
const toPage = async (zipped: Buffer, acceptEncoding: string): Promise<Page> => {
  const headers = { vary: 'accept-encoding' };
  if (!/\bgzip\b/i.test(acceptEncoding)) return { body: await decompress(zipped), headers };
  return { body: zipped, headers: { ...headers, 'content-encoding': 'gzip' } };
};

/** GraphiQL as one page that loads nothing from elsewhere. Rendered when first asked for, and for new headers. */
export const createGraphiql = (
  endpoint: string,
  headers: () => Promise<ExplorerHeaders>,
): ((acceptEncoding: string) => Promise<Page>) => {
  let known: { readonly key: string; readonly page: Promise<Buffer> } | undefined;
  return async (acceptEncoding) => {
    const given = await headers();
    const key = JSON.stringify(given);
    if (known?.key !== key) known = { key, page: renderPage(endpoint, given) };
    try {
      return await toPage(await known.page, acceptEncoding);
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
};
