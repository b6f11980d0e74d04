import { readFileSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { schema } from './index.ts';

/** Writes the schema where it is committed, or with `--check` only says whether what is there is still true. */
const print = (isCheck: boolean) => {
  const file = new URL('../../schema/schema.graphql', import.meta.url);
  const printed = `${printSchema(schema)}\n`;
  if (!isCheck) return writeFileSync(file, printed);
  if (readFileSync(file, 'utf8') === printed) return undefined;
  process.stderr.write('schema/schema.graphql is not what src/schema says: run `npm run schema`\n');
  process.exitCode = 1;
};

print(process.argv.includes('--check'));
