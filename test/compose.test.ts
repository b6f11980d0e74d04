import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { CLIENT, createCompany } from '../src/sandbox/company.ts';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

/** The settings that both instances get, which are the only lines of their form. */
const settings = Object.fromEntries(
  [...read('compose.yml').matchAll(/^ {4}([A-Z_]+): (.+)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
);

it('compose.yml sets what the gateway knows, to what the sandbox and Redis are called there', () => {
  const config = parseConfig(settings);
  expect(Object.keys(settings).length).toBeGreaterThanOrEqual(12);
  expect(config).toMatchObject({
    redisUrl: 'redis://redis:6379',
    subscriberApi: { url: 'http://sandbox:4010/ns-api', client: CLIENT },
    accountDomains: createCompany().accounts.map(({ accountId, domain }) => ({ account: accountId, domain })),
  });
  expect(config.cloudlink?.urls).not.toContain(null);
  // A misspelt setting would be left alone, unless it has one of our prefixes.
  const source = read('src/settings.ts');
  expect(Object.keys(settings).filter((name) => !source.includes(`  ${name}: `))).toEqual([]);
});

it('compose.yml gives both instances one name, at which deliveries arrive', () => {
  const text = read('compose.yml');
  const { publicUrl, feeds, port } = parseConfig(settings);
  const { hostname, port: publicPort } = new URL(publicUrl ?? '');
  expect(feeds).toEqual({
    cloudlink: { kind: 'webhook', isChecked: false },
    subscriber: { kind: 'webhook', isChecked: false },
  });
  expect(text.match(/aliases: \[(.+)\]/)?.[1]).toBe(hostname);
  expect(text.match(/<<: \*gateway/g)).toHaveLength(2);
  expect([...text.matchAll(/'127\.0\.0\.1:400\d:(\d+)'/g)].map(([, inside]) => inside)).toEqual([
    publicPort,
    publicPort,
  ]);
  expect(Number(publicPort)).toBe(port);
});

it('Dockerfile starts the gateway as `npm start` does', () => {
  const { start } = JSON.parse(read('package.json')).scripts as Readonly<Record<string, string>>;
  const [, command = '[]'] = /^CMD (.+)$/m.exec(read('Dockerfile')) ?? [];
  expect((JSON.parse(command) as string[]).join(' ')).toBe(start?.replace('src/main.ts', 'dist/main.js'));
});

it('Dockerfile copies what exists, and what its other files let through', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  );
  expect(copied.filter((file) => !existsSync(new URL(`../${file}`, import.meta.url)))).toEqual([]);
  const allowed = new Set([...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, file = '']) => file));
  expect(copied.filter((file) => !allowed.has(file.split('/')[0] ?? ''))).toEqual([]);
});
