import { builder } from '../builder.ts';
import { badInput, fold, isGiven, searchText } from '../input.ts';
import type {
  Subscriber as SubscriberModel,
  SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import { OrderDirection } from './order-direction.ts';
import { SubscriberKind, SubscriberScope, toKind } from './subscriber-enums.ts';

export const SubscriberFilter = builder.inputType('SubscriberFilter', {
  description: 'Which subscribers are wanted. All that is given must hold. Letter case does not matter.',
  fields: (t) => ({
    search: t.string({ description: 'A part of a name, e-mail address or extension.' }),
    department: t.string({ description: 'A whole department.' }),
    site: t.string({ description: 'A whole site.' }),
    scopes: t.field({
      type: [SubscriberScope.type],
      description: 'What they may do, at least one of these.',
    }),
    kinds: t.field({
      type: [SubscriberKind],
      defaultValue: ['PERSON'],
      description: 'What the rows stand for, one of these. Only people where absent.',
    }),
  }),
});

const SubscriberOrderField = builder.enumType('SubscriberOrderField', {
  description: 'What subscribers can be ordered by.',
  values: {
    EXTENSION: { value: 'user', description: 'Extension.' },
    FIRST_NAME: { value: 'first_name', description: 'First name.' },
    LAST_NAME: { value: 'last_name', description: 'Last name.' },
    UPDATED_AT: { value: 'last_update', description: 'Time of the last change.' },
  } as const,
});

export const SubscriberOrder = builder.inputType('SubscriberOrder', {
  description:
    'The order of a list of subscribers, sent upstream as its `sort`. In which order subscribers come that are equal in it is ' +
    'for upstream to decide.',
  fields: (t) => ({
    field: t.field({ type: SubscriberOrderField, required: true, description: 'By what.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'Which end first.',
    }),
  }),
});

type Filter = typeof SubscriberFilter.$inferInput;

/** Any of nothing is nobody: surely not what was meant. */
const refuseEmptyList = (argument: string, list: readonly unknown[] | null | undefined): void => {
  if (isGiven(list) && list.length === 0) throw badInput(argument, 'must hold at least one value.');
};

/** What upstream matches is not documented, so the gateway matches again. */
export const toPredicate = (
  filter: Filter,
): { test: ((row: SubscriberModel) => boolean) | undefined; fields: SubscriberField[] } => {
  const { search, department, site, scopes, kinds } = filter;
  const tests: ((row: SubscriberModel) => boolean)[] = [];
  const fields: SubscriberField[] = [];
  refuseEmptyList('filter.scopes', scopes);
  refuseEmptyList('filter.kinds', kinds);
  if (isGiven(search)) {
    const text = searchText('filter.search', search);
    fields.push('user', 'firstName', 'lastName', 'emails');
    tests.push(({ user, firstName, lastName, emails }) =>
      [user, `${firstName ?? ''} ${lastName ?? ''}`, ...emails].some((value) => fold(value).includes(text)),
    );
  }
  if (isGiven(department)) {
    const text = searchText('filter.department', department);
    fields.push('department');
    tests.push((row) => fold(row.department ?? '') === text);
  }
  if (isGiven(site)) {
    const text = searchText('filter.site', site);
    fields.push('site');
    tests.push((row) => fold(row.site ?? '') === text);
  }
  if (isGiven(scopes)) {
    fields.push('scope');
    tests.push((row) => scopes.includes(SubscriberScope.read(row.scope) ?? 'UNKNOWN'));
  }
  if (isGiven(kinds)) {
    fields.push('user', 'serviceCode');
    tests.push((row) => kinds.includes(toKind(row)));
  }
  return { test: tests.length === 0 ? undefined : (row) => tests.every((test) => test(row)), fields };
};

/** The scopes in the platform's words, where it has a word for each of them. */
export const toWireScopes = (scopes: Filter['scopes']): readonly string[] | undefined => {
  const words = [...new Set(scopes)].map(SubscriberScope.write).filter((word) => word !== null);
  return words.length > 0 && !scopes?.includes('UNKNOWN') ? words : undefined;
};
