import type { CompanyAccount, Person } from '../../company.ts';

/** Somebody outside, as the platform writes a number: digits without a plus. */
export interface Outsider {
  readonly number: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
}

const outsiders: readonly Outsider[] = [
  { number: '12125550188', firstName: 'Rita', lastName: 'Rivers', company: 'Riverside Bakery' },
  { number: '12125550177', firstName: 'Norbert', lastName: 'Winds', company: 'Northwind Traders' },
  { number: '14155550123', firstName: 'Connie', lastName: 'Tozo', company: 'Contoso Support' },
  { number: '493055509876', firstName: 'Jürgen', lastName: 'Süd', company: 'Bäckerei Süd' },
  { number: '442079460018', firstName: 'Alba', lastName: 'Freight', company: 'Albion Freight' },
];

/** One of them for each index, round and round. */
export const outsiderAt = (index: number): Outsider => outsiders[index % outsiders.length] as Outsider;

/** The number people outside call somebody by; undefined where the extension is too long to have one. */
export const toDirectNumber = (
  account: Pick<CompanyAccount, 'mainNumber'>,
  { extension }: Pick<Person, 'extension'>,
): string | undefined =>
  extension.length > 4 ? undefined : `${account.mainNumber.slice(0, 7)}${extension.padStart(4, '0')}`;
