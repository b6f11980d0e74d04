import { writeFileSync } from 'node:fs';
import { exampleFiles, type ExampleFile } from '../helpers/example-file.ts';
import { createMeter, SIZES } from './measure.ts';
import { BILLS, toBills } from './table.ts';

/** Counts what every example operation costs and writes the table anew. */
const meter = await createMeter();
const rows: { example: ExampleFile; measured: readonly number[] }[] = [];
for (const example of exampleFiles) {
  const measured: number[] = [];
  for (const n of SIZES) measured.push(await meter.measure(example.text, n));
  rows.push({ example, measured });
}
await meter.close();
writeFileSync(BILLS, toBills(rows));
