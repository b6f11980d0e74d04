import { readdirSync } from 'node:fs';
import type { Page, Response } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserHint, isBrowserMissing, openBrowser, type Visit } from './helpers/browser.ts';
import { startDemoProcess, type Demo } from './helpers/process.ts';

const TIMEOUT_MS = 120_000;

const tourFiles = readdirSync(new URL('../schema/operations/tour/', import.meta.url)).toSorted();

/** The tab of the tour that stays open. */
const SUBSCRIPTION = 'LiveTelephone';

const tabs = (page: Page) => page.locator('.graphiql-tab-button');

/** What an operation of the page is answered; the schema, which the page asks for by itself, is none. */
const isAnswer = (response: Response) => {
  const sent = response.request().postData();
  return sent !== null && !sent.includes('__schema');
};

/** Goes somewhere, and waits until the editor has its text and the schema has been read. */
const settle = async (page: Page, go: () => Promise<unknown>) => {
  const schema = page.waitForResponse(
    (response) => response.request().postData()?.includes('__schema') ?? false,
  );
  await go();
  await (await schema).finished();
  await page.locator('.graphiql-query-editor .view-line', { hasText: /\w/ }).first().waitFor();
};

const open = async (demo: Demo): Promise<Visit> => {
  const visit = await openBrowser();
  await settle(visit.page, () => visit.page.goto(`${demo.url}/graphql`));
  return visit;
};

/** The page reads the operation of another tab a moment later, and then puts it into its address. */
const openTab = async (page: Page, title: string) => {
  await tabs(page).getByText(title, { exact: true }).click();
  const operation = new RegExp(`^(query|mutation|subscription) ${title}\\b`, 'm');
  await page.waitForURL((url) => operation.test(url.searchParams.get('query') ?? ''));
};

/** Presses play and answers what the page was answered, once the result pane shows it. */
const play = async (page: Page): Promise<{ data?: Record<string, any>; errors?: unknown }> => {
  const answer = page.waitForResponse(isAnswer);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const text = await (await answer).text();
  await page
    .locator('.graphiql-response .view-line', { hasText: /"(data|errors)"/ })
    .first()
    .waitFor();
  return JSON.parse(text);
};

/** The result pane as it reads; the editor fills it with spaces that do not break. */
const shown = async (page: Page) =>
  (await page.locator('.graphiql-response').innerText()).replaceAll('\u00a0', ' ');

const isLoopback = (address: string) =>
  address === 'about:blank' || new URL(address.replace(/^blob:/, '')).hostname === '127.0.0.1';

describe.skipIf(isBrowserMissing)(`GraphiQL in a browser without a network${browserHint}`, () => {
  it(
    'shows data of both platforms when play is pressed, and asks nobody else for anything',
    async () => {
      const demo = await startDemoProcess();
      const { page, requests, complaints } = await open(demo);

      await play(page);

      const result = await shown(page);
      expect(result).toContain('"email": "ada@example.test"');
      expect(result).toContain('"extension": "1001"');
      expect(result).not.toContain('"errors"');
      expect(requests.filter((address) => !isLoopback(address))).toEqual([]);
      expect(requests).toContain(`${demo.url}/graphql`);
      expect(complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'would be noticed if it asked somebody else',
    async () => {
      const demo = await startDemoProcess();
      const { page, requests, complaints } = await open(demo);
      await page.evaluate(() => fetch('https://cdn.example.com/a.js').catch(() => null));
      expect(complaints.join('\n'), 'the page may not even try').toContain('Content Security Policy');

      await page.goto('about:blank');
      await page.evaluate(() => fetch('https://cdn.example.com/b.js').catch(() => null));
      expect(requests.filter((address) => !isLoopback(address))).toEqual(['https://cdn.example.com/b.js']);
      expect(complaints.join('\n')).toContain('b.js: net::ERR_NAME_NOT_RESOLVED');
    },
    TIMEOUT_MS,
  );

  it(
    'has a tab for each step of the tour, and each answers',
    async () => {
      const demo = await startDemoProcess();
      const { page, complaints } = await open(demo);
      const titles = await tabs(page).allInnerTexts();
      expect(titles).toHaveLength(tourFiles.length);
      expect(titles[0]).toBe('People');
      for (const title of titles.filter((title) => title !== SUBSCRIPTION)) {
        await openTab(page, title);
        const { data, errors } = await play(page);
        expect({ title, errors }).toEqual({ title, errors: undefined });
        expect(Object.values(data ?? { [title]: null })).not.toContain(null);
      }
      expect(complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'shows a call as it rings, is answered and ends, when the sandbox plays one',
    async () => {
      const demo = await startDemoProcess();
      const { page, complaints } = await open(demo);
      await openTab(page, SUBSCRIPTION);
      const stream = page.waitForResponse((response) =>
        (response.headers()['content-type'] ?? '').startsWith('text/event-stream'),
      );
      await page.getByRole('button', { name: /^Execute query/ }).click();
      expect((await stream).status()).toBe(200);
      const call = {
        scenario: 'call',
        from: '1002',
        to: '1001',
        steps: ['connected', 'completed'],
        stepMs: 1_500,
      };
      await fetch(`${demo.sandboxUrl}/_sandbox/events`, { method: 'POST', body: JSON.stringify(call) });

      for (const state of ['RINGING', 'CONNECTED', 'COMPLETED'])
        await page.locator('.graphiql-response .view-line', { hasText: `"state": "${state}"` }).waitFor();

      expect(await shown(page)).toContain('"change": "REMOVED"');
      expect(complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'answers after a reload as well, in the tab that was open, even when its session had been ended',
    async () => {
      const demo = await startDemoProcess();
      const { page, complaints } = await open(demo);
      await openTab(page, 'SignOut');
      expect((await play(page)).data).toEqual({ signOut: true });
      await openTab(page, 'Domains');
      expect((await play(page)).errors).toBeDefined();

      await settle(page, () => page.reload());

      expect(await tabs(page).count()).toBe(tourFiles.length);
      expect((await play(page)).data).toMatchObject({ domains: { nodes: [{ name: 'acme.12345.service' }] } });
      await openTab(page, 'People');
      expect((await play(page)).data?.['users'].nodes[0].name).toBe('Ada Example');
      expect(complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'answers after an edit and a reload, though the address then holds the query',
    async () => {
      const demo = await startDemoProcess();
      const { page } = await open(demo);
      await page.locator('.graphiql-query-editor .view-lines').click();
      await page.keyboard.press('ControlOrMeta+End');
      await page.keyboard.insertText('# edited');
      // It writes its tabs down a moment after an edit.
      await page.waitForFunction(() => localStorage.getItem('graphiql:tabState')?.includes('# edited'));
      expect(page.url()).toContain('?query=');

      await settle(page, () => page.reload());

      expect(await tabs(page).count()).toBe(tourFiles.length);
      expect((await play(page)).data?.['users'].nodes[0].name).toBe('Ada Example');
      expect(await page.evaluate(() => localStorage.getItem('graphiql:query'))).toContain('# edited');
    },
    TIMEOUT_MS,
  );

  it(
    'answers in the tabs of an earlier run, and keeps no credential in the browser',
    async () => {
      const first = await startDemoProcess();
      const { page } = await open(first);
      await play(page);
      first.child.kill('SIGTERM');
      await first.ended;
      await startDemoProcess({ PORT: new URL(first.url).port });

      await settle(page, () => page.reload());

      expect((await play(page)).data?.['users'].nodes).toHaveLength(40);
      const stored = await page.evaluate(() =>
        JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
      );
      expect(stored).toContain('query People');
      expect(stored).not.toContain('gws_');
    },
    TIMEOUT_MS,
  );
});
