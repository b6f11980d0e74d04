import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseImports, readSource, sourceFiles, sourceImports, type Import } from './helpers/imports.ts';

interface Rule {
  readonly rule: string;
  /** The files it speaks of. */
  readonly files: RegExp;
  /** The only things they may import, by the paths of files in `src/` and the names of packages. */
  readonly mayImport?: RegExp;
  /** What they may not import. */
  readonly mayNotImport?: RegExp;
  /** Types may be imported from anywhere. */
  readonly exceptTypes?: boolean;
}

/** Only these files may import a package: replacing one must not be a search through the tree. */
const homes: Readonly<Record<string, RegExp>> = {
  '@graphql-yoga/render-graphiql': /^graphiql\.ts$/,
  '@pothos/core': /^(builder\.ts|schema\/)/,
  '@pothos/plugin-dataloader': /^builder\.ts$/,
  '@pothos/plugin-errors': /^builder\.ts$/,
  '@pothos/plugin-relay': /^builder\.ts$/,
  dataloader: /^schema\//,
  got: /^upstream\/(exchange|transport-error)\.ts$/,
  graphql: /^(builder|errors|input|operation-log)\.ts$|^(schema|plugins|live)\//,
  'graphql-ws': /^live\//,
  'graphql-yoga': /^(gateway\.ts|plugins\/)/,
  'libphonenumber-js': /^phone-number\.ts$/,
  luxon: /^upstream\/netsapiens\/time\.ts$/,
  pino: /^logger\.ts$/,
  'proxy-addr': /^client-address\.ts$/,
  redis: /^state\/redis\.ts$/,
  ws: /^live\//,
  zod: /^(config|settings|setting-formats|demo)\.ts$/,
};

/** Only these files may import a part of theirs: what it offers is made for them. */
const parts: Readonly<Record<string, RegExp>> = {
  'demo.ts': /^main\.ts$/,
  'workers.ts': /^main\.ts$/,
  'feed-settings.ts': /^config\.ts$/,
  'settings.ts': /^(config|feed-settings)\.ts$/,
  'setting-formats.ts': /^(config|settings)\.ts$/,
  'setting-names.ts': /^settings\.ts$/,
  'session-part.ts': /^(sessions|session-renewal)\.ts$/,
  'session-renewal.ts': /^sessions\.ts$/,
  'state/redis-feed-script.ts': /^state\/redis-feed\.ts$/,
};

const rules: readonly Rule[] = [
  {
    rule: 'the sandbox stands alone, as the platforms do',
    files: /^sandbox\//,
    mayImport: /^(sandbox\/|node:)/,
  },
  {
    rule: 'only the demo knows the sandbox',
    files: /^(?!sandbox\/|demo\.ts$)/,
    mayNotImport: /^sandbox\//,
  },
  {
    rule: 'upstream knows neither GraphQL nor anything above it',
    files: /^upstream\//,
    mayImport: /^(upstream\/|redact\.ts$|node:|got$|luxon$)/,
  },
  {
    rule: 'one vendor does not know the other',
    files: /^upstream\/cloudlink\//,
    mayNotImport: /^upstream\/netsapiens\//,
  },
  {
    rule: 'one vendor does not know the other',
    files: /^upstream\/netsapiens\//,
    mayNotImport: /^upstream\/cloudlink\//,
  },
  {
    rule: 'what both vendors share knows neither',
    files: /^upstream\/[^/]+$/,
    mayNotImport: /^upstream\/[^/]+\//,
  },
  {
    rule: 'a noun uses the builder, other nouns and what is common; everything else comes with its context',
    files: /^schema\//,
    mayImport:
      /^(schema\/|(builder|call-history|cursor|global-id|input|link|past-call|phone-number)\.ts$|upstream\/(errors|batch)\.ts$|upstream\/\w+\/\w+-record\.ts$|@pothos\/core$|dataloader$|graphql$|node:)/,
    exceptTypes: true,
  },
  {
    rule: 'a noun knows the shapes below it, not what is above it',
    files: /^schema\//,
    mayNotImport:
      /^(main|server|gateway|config|settings|grants|clients|refusals|graphiql|logger)\.ts$|^plugins\//,
  },
  {
    rule: 'the builder defines no noun',
    files: /^(builder|global-id|input|link)\.ts$/,
    mayNotImport: /^schema\//,
  },
  {
    rule: 'what is shared knows those who share it only by their words',
    files: /^state\//,
    mayImport: /^(state\/|auth\.ts$|upstream\/errors\.ts$|node:|redis$)/,
    exceptTypes: true,
  },
  {
    rule: 'settings are read at the start and handed down',
    files: /^(?!main\.ts$)/,
    mayImport: /^(?!config\.ts$)/,
    exceptTypes: true,
  },
  {
    rule: 'what starts something is imported by nobody',
    files: /./,
    mayNotImport: /^(main|schema\/print|sandbox\/main)\.ts$/,
  },
  {
    rule: 'the schema is complete only in its index, for whoever serves or prints it',
    files: /^(?!gateway\.ts$|schema\/print\.ts$)/,
    mayNotImport: /^schema\/index\.ts$/,
  },
  ...Object.entries(homes).map(([name, home]): Rule => ({
    rule: `${name} has its home in ${home.source}`,
    files: new RegExp(`^(?!${home.source.replaceAll('^', '')})`),
    mayNotImport: new RegExp(`^${name}$`),
  })),
  ...Object.entries(parts).map(([part, owner]): Rule => ({
    rule: `${part} is a part of ${owner.source}`,
    files: new RegExp(`^(?!${owner.source.replaceAll('^', '')})`),
    mayNotImport: new RegExp(`^${part}$`),
  })),
];

const breaks = ({ files, mayImport, mayNotImport, exceptTypes }: Rule, { file, target, isType }: Import) =>
  files.test(file) &&
  !(exceptTypes === true && isType) &&
  ((mayImport !== undefined && !mayImport.test(target)) || mayNotImport?.test(target) === true);

const complaints = (imports: readonly Import[]): readonly string[] =>
  imports.flatMap((found) =>
    rules
      .filter((rule) => breaks(rule, found))
      .map(({ rule }) => `src/${found.file}:${found.line} imports ${found.target}, but ${rule}`),
  );

/** Every way from a file back to itself, each told once. */
const cyclesOf = (imports: readonly Import[]): readonly string[] => {
  const next = Map.groupBy(imports, ({ file }) => file);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const { target } of next.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return cycles;
};

describe('the files of src', () => {
  it('import only what their layer allows', () => {
    expect(sourceImports.length).toBeGreaterThan(200);
    expect(complaints(sourceImports)).toEqual([]);
  });

  it('import each other in one direction, types included', () => {
    expect(cyclesOf(sourceImports)).toEqual([]);
  });

  it('import files that exist', () => {
    const files = new Set(sourceFiles);
    const lost = sourceImports.filter(({ target }) => target.endsWith('.ts') && !files.has(target));
    expect(lost).toEqual([]);
  });

  it.each([
    ['reads the environment', /\bprocess\.env\b/, ['config.ts']],
    ['ends the process', /\bprocess\.exit\(/, ['main.ts']],
    ['listens to signals', /\bprocess\.(on|once)\(/, ['main.ts', 'sandbox/main.ts']],
    ['writes to the console', /\bconsole\.\w/, ['sandbox/index.ts', 'sandbox/main.ts']],
    ['reads the command line', /\bprocess\.argv\b/, ['sandbox/main.ts', 'schema/print.ts']],
  ])('name the one that %s', (_what, pattern, files) => {
    expect(sourceFiles.filter((file) => pattern.test(readSource(file)))).toEqual(files);
  });

  it('start nothing when they are imported', async () => {
    const imported = sourceFiles.filter((file) => !/^(main|schema\/print|sandbox\/main)\.ts$/.test(file));
    const program = `
      await Promise.all(${JSON.stringify(imported)}.map((file) => import('./src/' + file)));
      await new Promise((resolve) => setImmediate(resolve));
      console.log(JSON.stringify(process.getActiveResourcesInfo()));
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: new URL('..', import.meta.url) },
    );
    const idle = new Set(['PipeWrap', 'TTYWrap', 'FSReqPromise', 'CloseReq']);
    expect((JSON.parse(stdout) as string[]).filter((resource) => !idle.has(resource))).toEqual([]);
  });
});

describe('the packages in package.json', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };

  it('each have a home among the rules, and are used there', () => {
    expect(Object.keys(manifest.dependencies).toSorted()).toEqual(Object.keys(homes).toSorted());
    const used = new Set(sourceImports.map(({ target }) => target));
    expect(Object.keys(homes).filter((name) => !used.has(name))).toEqual([]);
  });

  it('are all that is imported', () => {
    const packages = sourceImports
      .map(({ target }) => target)
      .filter((target) => !target.startsWith('node:') && !target.endsWith('.ts'));
    expect([...new Set(packages)].filter((name) => homes[name] === undefined)).toEqual([]);
  });
});

describe('the rules themselves', () => {
  it('read every form of import', () => {
    const text = [
      `import a, { b } from './b.ts';`,
      `import type { C } from '../c.ts';`,
      `import {`,
      `  type D,`,
      `  type E,`,
      `} from 'd/deep';`,
      `import { type F, g } from '@scope/f/deep';`,
      `import './h.ts';`,
      `export { i } from './i.ts';`,
      `  const j = await import('./j.ts');`,
      `import { k } from 'node:timers/promises';`,
    ].join('\n');
    expect(parseImports('x/y.ts', text).map(({ line, target, isType }) => [line, target, isType])).toEqual([
      [1, 'x/b.ts', false],
      [2, 'c.ts', true],
      [3, 'd', true],
      [7, '@scope/f', false],
      [8, 'x/h.ts', false],
      [9, 'x/i.ts', false],
      [10, 'x/j.ts', false],
      [11, 'node:timers/promises', false],
    ]);
  });

  it.each([
    ['sandbox/world.ts', `import { redact } from '../redact.ts';`, 'the sandbox stands alone'],
    ['server.ts', `import { CLIENT } from './sandbox/company.ts';`, 'only the demo knows the sandbox'],
    ['upstream/page.ts', `import { GraphQLError } from 'graphql';`, 'upstream knows neither GraphQL'],
    ['upstream/page.ts', `import type { Context } from '../context.ts';`, 'upstream knows neither GraphQL'],
    [
      'upstream/cloudlink/a.ts',
      `import { b } from '../netsapiens/b.ts';`,
      'one vendor does not know the other',
    ],
    [
      'schema/user.ts',
      `import { createUsers } from '../upstream/cloudlink/user.ts';`,
      'comes with its context',
    ],
    ['schema/user.ts', `import type { Config } from '../config.ts';`, 'not what is above it'],
    ['context.ts', `import { readConfig } from './config.ts';`, 'settings are read at the start'],
    ['context.ts', `import got from 'got';`, 'got has its home'],
    ['server.ts', `import { readValues } from './settings.ts';`, 'is a part of'],
    ['state/redis-event-log.ts', `import { readScript } from './redis-feed-script.ts';`, 'is a part of'],
    ['state/lease.ts', `import { createClient } from 'redis';`, 'redis has its home'],
    ['demo.ts', `import { pino } from 'pino';`, 'pino has its home'],
  ])('find what %s may not import: %s', (file, text, rule) => {
    const complaint = complaints(parseImports(file, text)).find((line) => line.includes(rule));
    expect(complaint).toMatch(new RegExp(`^src/${file}:1 imports `));
  });

  it('find a cycle, though only types close it', () => {
    const imports = [
      ...parseImports('a.ts', `import { b } from './b.ts';`),
      ...parseImports('b.ts', `import { c } from './c.ts';`),
      ...parseImports('c.ts', `import type { B } from './b.ts';`),
    ];
    expect(cyclesOf(imports)).toEqual(['b.ts -> c.ts -> b.ts']);
  });
});
