type Cell = string | number | boolean | null | Fields;
interface Fields {
  readonly [name: string]: Cell;
}

/** One element; nothing inside it where the value is empty or null, elements of its own where it is a record. */
export const toElement = (name: string, value: Cell): string => {
  if (value === null || value === '') return `<${name}/>`;
  return `<${name}>${typeof value === 'object' ? toElements(value) : escapeText(String(value))}</${name}>`;
};

/** The platform's envelope: one element for each record, under `<xml>` (facts §3.2). */
export const toEnvelope = (element: string, records: readonly Fields[]): string => {
  const rows = records.map((record) => `<${element}>${toElements(record)}</${element}>`);
  return rows.length === 0 ? '<xml/>' : `<xml>${rows.join('')}</xml>`;
};

const toElements = (record: Fields): string =>
  Object.entries(record)
    .map(([name, value]) => toElement(name, value))
    .join('');

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

const escapeText = (text: string) =>
  text
    // XML 1.0 has no way to write these at all.
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (character) => entities.get(character) ?? '');
