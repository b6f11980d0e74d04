import { builder } from '../builder.ts';
import { E164_RULE, toDialled, toE164, type Country } from '../phone-number.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import type { Subscriber as SubscriberModel } from '../upstream/netsapiens/subscriber-record.ts';
import { halvesOf, Person } from './person.ts';

const PersonNumberKind = builder.enumType('PersonNumberKind', {
  description: 'What a number of a person is for.',
  values: {
    EXTENSION: { description: 'Colleagues call it. Each platform has extensions of its own.' },
    PHONE: { description: 'The telephone, as CloudLink has it.' },
    MOBILE: { description: 'The mobile telephone, as CloudLink has it.' },
    CALLER_ID: {
      description:
        'Shown to those who are called from the legacy platform; several may share the number of the company.',
    },
  } as const,
});

interface PersonNumber {
  readonly number: string;
  readonly kind: typeof PersonNumberKind.$inferType;
}

const PersonNumber = builder.objectRef<PersonNumber>('PersonNumber').implement({
  description: 'A number of a person.',
  fields: (t) => ({
    number: t.exposeString('number', {
      nullable: false,
      description: 'The number as the platform has it.',
    }),
    e164: t.string({
      description: `The number in E.164, such as \`+12125550101\`; null for an extension. ${E164_RULE}`,
      resolve: ({ number }, _args, { settings }) => toE164(number, settings.homeCountry),
    }),
    kind: t.field({
      type: PersonNumberKind,
      nullable: false,
      description: 'What it is for.',
      resolve: ({ kind }) => kind,
    }),
  }),
});

/** Each number once, for the first thing that it is for. */
const numbersOf = (
  user: UserModel | null,
  subscriber: SubscriberModel | null,
  home: Country,
): PersonNumber[] => {
  const all = [
    { kind: 'EXTENSION' as const, text: user?.extension },
    { kind: 'EXTENSION' as const, text: subscriber?.user },
    { kind: 'PHONE' as const, text: user?.phone },
    { kind: 'MOBILE' as const, text: user?.mobile },
    { kind: 'CALLER_ID' as const, text: subscriber?.callerIdNumber },
  ];
  const numbers = all.flatMap(({ kind, text }) => {
    const number = toDialled(text ?? null);
    return number === null ? [] : [{ kind, number }];
  });
  const byNumber = Map.groupBy(numbers, ({ number }) => toE164(number, home) ?? number);
  return [...byNumber.values()].flatMap(([one]) => one ?? []);
};

builder.objectField(Person, 'numbers', (t) =>
  t.field({
    type: [PersonNumber],
    description:
      'The numbers of both platforms, each once. Those that people outside call are `subscriber.phoneNumbers`. Costs what ' +
      '`user` and `subscriber` cost.',
    extensions: { reads: ['user', 'callerIdNumber'] },
    resolve: async (person, _args, context, info) => {
      const { user, subscriber } = await halvesOf(person, context, info);
      return numbersOf(user, subscriber, context.settings.homeCountry);
    },
  }),
);
