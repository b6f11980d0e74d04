import type { ExampleFile } from '../helpers/example-file.ts';
import { evaluate, type Values } from './formula.ts';
import { SIZES } from './measure.ts';

/** Where the table stands. */
export const BILLS = new URL('../../schema/operations/BILLS.md', import.meta.url);

/** A letter beside n, as in `p = n + 32 (people in them)`. */
const TERM = /([a-z]) = ([^()]+?) \(/g;

/** What the letters of an example's formulas stand for. */
export const valuesOf = ({ terms }: ExampleFile, n: number): Values => {
  const others = [...(terms ?? '').matchAll(TERM)].map(
    ([, letter = '', formula = '']) => [letter, evaluate(formula, { n })] as const,
  );
  return Object.fromEntries([['n', n], ...others]);
};

/** The requests for n as the file tells them: what the bill names, where nothing grows. */
export const formulaOf = ({ formula, bill }: ExampleFile): string => formula ?? String(bill.count);

export const minimumOf = (example: ExampleFile): string => example.minimum ?? formulaOf(example);

const nameOf = ({ text }: ExampleFile) => /^(?:query|mutation) (\w+)/m.exec(text)?.[1] ?? '';

const toTable = (rows: readonly (readonly string[])[]): string => {
  const [header = []] = rows;
  const widths = header.map((_name, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const toLine = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = '', ...rest] = rows.map(toLine);
  return [first, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest].join('\n');
};

const header = [
  'Operation',
  'Requests',
  'n',
  ...SIZES.map((n) => `n = ${n}`),
  'Minimum',
  ...SIZES.map((n) => `at ${n}`),
];

/** One row; `measured` holds what was counted, in the order of the sizes. */
const toRow = (example: ExampleFile, measured: readonly number[]): readonly string[] => [
  `[${nameOf(example)}](${example.name})`,
  `\`${formulaOf(example)}\``,
  example.terms?.replace(/^n /, '') ?? '',
  ...measured.map(String),
  `\`${minimumOf(example)}\``,
  ...SIZES.map((n) => String(evaluate(minimumOf(example), valuesOf(example, n)))),
];

const introduction = `# What the examples cost

Requests to the platforms for each example query and mutation, those for tokens apart. A subscription goes on, so that it has no
row: what it costs to begin with, and for an event, stands in its file in [live](live). Made by \`npm run bills\`, which sends every
operation over HTTP to a gateway in front of the sandbox, in a world that has enough for n = ${SIZES.join(' and for n = ')}; a test
counts them again and compares them with the formula. The minimum is what the documented routes of the platforms allow
(CloudLink facts §9, subscriber API facts §4.6); where it is less, the reason stands below the table. What the numbers of facts
and assumptions stand for is told in [CONTRIBUTING](../../CONTRIBUTING.md#facts).

Three things hold for all of them:

- A list of the legacy platform that ends at a round number of rows costs one request more, since a silent cap cannot be told
  from the end (subscriber API facts §3.6). The worlds that are measured have no such list.
- A list of either platform costs one request for every 1,000 rows that are looked through (A-28).
- Changes are read back, because they are answered with nothing (CloudLink facts §3.5, subscriber API facts §3.3). A legacy
  change that does not show at once is looked for up to five times; here it shows at once.`;

const toSection = (
  part: string,
  rows: readonly { readonly example: ExampleFile; readonly measured: readonly number[] }[],
) => {
  const notes = rows.flatMap(({ example }) =>
    example.limit === null ? [] : `- **${nameOf(example)}**: ${example.limit}`,
  );
  const table = toTable([header, ...rows.map(({ example, measured }) => toRow(example, measured))]);
  return [`## ${part}`, table, ...(notes.length === 0 ? [] : [notes.join('\n')])].join('\n\n');
};

const partOf = ({ name }: ExampleFile) => name.slice(0, name.indexOf('/'));

/** The whole of BILLS.md: the reference operations first, then part by part. */
export const toBills = (
  rows: readonly { readonly example: ExampleFile; readonly measured: readonly number[] }[],
): string => {
  const parts = Map.groupBy(rows, ({ example }) => partOf(example));
  const names = [...parts.keys()].toSorted(
    (a, b) => Number(b === 'reference') - Number(a === 'reference') || a.localeCompare(b),
  );
  return `${[introduction, ...names.map((name) => toSection(name, parts.get(name) ?? []))].join('\n\n')}\n`;
};
