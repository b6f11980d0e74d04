import { Failure } from './failure.ts';

/** The little of JSON Schema that the bodies of CloudLink need. `readOnly` fields are accepted and dropped. */
export type Schema =
  | {
      readonly type: 'string';
      readonly enum?: readonly string[];
      readonly pattern?: string;
      readonly format?: 'email' | 'uri';
      readonly minLength?: number;
    }
  | { readonly type: 'integer'; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: 'boolean' | 'any' | 'readOnly' }
  | { readonly type: 'array'; readonly items: Schema; readonly maxItems?: number }
  | ObjectSchema<object>;

/** The schema of a body that reads as `T`, whose every field it describes. */
export interface ObjectSchema<T extends object> {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Schema>> & { readonly [K in keyof T]-?: Schema };
  readonly required?: readonly string[];
  /** Unknown fields are refused unless this says otherwise (facts §3.5). */
  readonly additionalProperties?: true;
}

const formats = { email: /^[^\s@]+@[^\s@]+$/, uri: /^[a-z][a-z\d+.-]*:[^\s]+$/i };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasType = (type: Schema['type'], value: unknown): boolean => {
  if (type === 'any' || type === 'readOnly') return true;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  return typeof value === type;
};

const findStringError = (schema: Schema & { type: 'string' }, value: string): string | undefined => {
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
    return `should match pattern "${schema.pattern}"`;
  if (schema.format !== undefined && !formats[schema.format].test(value))
    return `should match format "${schema.format}"`;
  if (value.length < (schema.minLength ?? 0))
    return `should NOT be shorter than ${schema.minLength} characters`;
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return 'should be equal to one of the allowed values';
  return undefined;
};

const findArrayError = (schema: Schema & { type: 'array' }, value: readonly unknown[], path: string) => {
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    return `${path} should NOT have more than ${schema.maxItems} items`;
  for (const [index, item] of value.entries()) {
    const error = findError(schema.items, item, `${path}(${index})`);
    if (error !== undefined) return error;
  }
  return undefined;
};

const findObjectError = (
  schema: ObjectSchema<object>,
  value: Readonly<Record<string, unknown>>,
  path: string,
) => {
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${path} should have required property '${missing}'`;
  const known = (name: string) => Object.hasOwn(schema.properties, name);
  if (schema.additionalProperties !== true && !Object.keys(value).every(known))
    return `${path} should NOT have additional properties`;
  for (const [name, property] of Object.entries(schema.properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const error = findError(property, value[name], `${path}.${name}`);
    if (error !== undefined) return error;
  }
  return undefined;
};

/** The first thing wrong with the value, in the words of AJV with indices in parentheses (facts §3.6). */
const findError = (schema: Schema, value: unknown, path: string): string | undefined => {
  if (!hasType(schema.type, value)) return `${path} should be ${schema.type}`;
  if (schema.type === 'object') return findObjectError(schema, value as Record<string, unknown>, path);
  if (schema.type === 'array') return findArrayError(schema, value as unknown[], path);
  if (schema.type === 'integer' && schema.minimum !== undefined && (value as number) < schema.minimum)
    return `${path} should be >= ${schema.minimum}`;
  if (schema.type === 'integer' && schema.maximum !== undefined && (value as number) > schema.maximum)
    return `${path} should be <= ${schema.maximum}`;
  if (schema.type !== 'string') return undefined;
  const error = findStringError(schema, value as string);
  return error === undefined ? undefined : `${path} ${error}`;
};

/**
 * The value as the type its schema describes, without the fields that only the service writes.
 * Throws a 400 that names the first field at fault.
 */
export const validate = <T extends object>(schema: ObjectSchema<T>, value: unknown): T => {
  const error = findError(schema, value, 'data');
  if (error !== undefined) throw new Failure(400, error);
  const writable = Object.entries(value as T).filter(
    ([name]) => schema.properties[name]?.type !== 'readOnly',
  );
  return Object.fromEntries(writable) as T;
};
