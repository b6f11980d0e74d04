import type { Company, CompanyAccount } from '../../company.ts';
import type { SmsNumberRecord } from '../message-record.ts';
import { DID_TABLE, toMatchrule, type PhoneNumberRecord } from '../phone-number-record.ts';
import { toDirectNumber } from './outsider.ts';

/** The attendant answers the main number, a queue a second one; everybody has a number, and one is nobody's. */
export const seedPhoneNumbers = (company: Company): (readonly [string, PhoneNumberRecord])[] =>
  company.accounts.flatMap((account) => {
    const people = company.people.filter(
      ({ domain, legacy }) => domain === account.domain && legacy !== undefined,
    );
    const rows = [
      toNumber(account, account.mainNumber, { to_user: '801', responder: 'sysAutoAttendant' }),
      toNumber(account, neighbour(account, 1), { to_user: '800', responder: 'sysCallQueue' }),
      toNumber(account, neighbour(account, 2), { to_user: '', responder: 'AvailableDID', enable: 'no' }),
      ...people.flatMap((person) => {
        const number = toDirectNumber(account, person);
        return number === undefined ? [] : [toNumber(account, number, { to_user: person.extension })];
      }),
    ];
    return rows.map((row) => [row.matchrule, row] as const);
  });

/** Each person's number sends and receives messages; the domain's second one is the queue's. */
export const seedSmsNumbers = (company: Company): (readonly [string, SmsNumberRecord])[] =>
  company.accounts.flatMap((account) => {
    const people = company.people.filter(
      ({ domain, legacy }) => domain === account.domain && legacy !== undefined,
    );
    const { domain } = account;
    return [
      { number: neighbour(account, 1), domain, dest: '800' },
      ...people.flatMap((person) => {
        const number = toDirectNumber(account, person);
        return number === undefined ? [] : [{ number, domain, dest: person.extension }];
      }),
    ].map((row) => [row.number, row] as const);
  });

/** A number beside the main one, above every number that an extension makes. */
const neighbour = ({ mainNumber }: CompanyAccount, distance: number): string =>
  `${mainNumber.slice(0, 7)}99${String(distance).padStart(2, '0')}`;

const toNumber = (
  { domain, name }: CompanyAccount,
  digits: string,
  given: Partial<PhoneNumberRecord>,
): PhoneNumberRecord => ({
  matchrule: toMatchrule(digits),
  dialplan: DID_TABLE,
  enable: 'yes',
  to_user: '',
  to_host: domain,
  responder: 'sysUser',
  plan_description: name,
  tod_from: '*',
  tod_to: '*',
  dow: '*',
  valid_from: '',
  valid_to: '',
  ...given,
});
