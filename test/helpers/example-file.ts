import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../schema/operations/', import.meta.url);

/** An example operation as its file tells it. */
export interface ExampleFile {
  /** Its file below `schema/operations`, such as `tour/01-people.graphql`. */
  readonly name: string;
  readonly text: string;
  /** The requests that its bill names, and how many it says there are. */
  readonly bill: { readonly count: number; readonly requests: readonly string[] };
  /** The requests for n things, as a formula; null where they do not grow. */
  readonly formula: string | null;
  /** As few as the platforms allow, as a formula; null where it is at that. */
  readonly minimum: string | null;
  /** What n and the other letters stand for. */
  readonly terms: string | null;
  /** What stands in the way of the minimum. */
  readonly limit: string | null;
}

/** The bill as a comment in the file tells its reader: how many requests, and which. */
const readBill = (text: string) => {
  const [, count = '', lines = ''] =
    /^# Bill: (\d+) requests? to the platforms\n((?:# {3}.+\n)+)/m.exec(text) ?? [];
  return { count: Number(count), requests: lines.split('\n').flatMap((line) => line.slice(4) || []) };
};

/** A comment such as `# Limit: …`, which goes on in lines that begin with three blanks. */
const readNote = (text: string, name: string): string | null => {
  const [, note] = new RegExp(`^# ${name}: (.+(?:\\n# {3}.+)*)`, 'm').exec(text) ?? [];
  return note?.replaceAll(/\n# +/g, ' ') ?? null;
};

const readExample = (name: string): ExampleFile => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  return {
    name,
    text,
    bill: readBill(text),
    formula: readNote(text, 'Formula'),
    minimum: readNote(text, 'Minimum'),
    terms: readNote(text, 'With'),
    limit: readNote(text, 'Limit'),
  };
};

const files: readonly ExampleFile[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => name.replaceAll('\\', '/'))
  .toSorted()
  .map(readExample);

const isSubscription = ({ text }: ExampleFile) => /^subscription\b/m.test(text);

/** Every example operation that has one answer, in the order of their files. */
export const exampleFiles = files.filter((file) => !isSubscription(file));

/** Every example of a subscription, with what the sandbox is to do for something to be told: the file says it as well. */
export const subscriptionFiles = files.filter(isSubscription).map((file) => {
  const [, event] = /_sandbox\/events -d '(.+)'$/m.exec(file.text) ?? [];
  if (event === undefined) throw new Error(`${file.name} does not say what makes something happen`);
  return { ...file, event };
});
