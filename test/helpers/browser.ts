import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Where the packages of the usual systems put a Chromium or a Chrome. */
const executablePath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
].find((path) => existsSync(path));

/** In CI a missing browser is a failure: there nothing may be skipped. */
export const isBrowserMissing = executablePath === undefined && process.env['CI'] === undefined;

/** For the title of what is skipped. */
export const browserHint = isBrowserMissing
  ? ' (skipped: no Chromium or Chrome here; install one, on Debian with `apt-get install chromium`)'
  : '';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The network ends at this machine: no other name can be looked up.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

export interface Visit {
  readonly page: Page;
  /** Every address the page asked for, however it asked. */
  readonly requests: readonly string[];
  /** What the page complained about: errors on its console, exceptions, and requests that failed. */
  readonly complaints: readonly string[];
}

/** A page in a fresh headless browser without a network beyond this machine; closed when the test is over. */
export const openBrowser = async (): Promise<Visit> => {
  const browser = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: flags,
  });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('requestfailed', (request) =>
    complaints.push(`${request.url()}: ${request.failure()?.errorText}`),
  );
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page: await context.newPage(), requests, complaints };
};
