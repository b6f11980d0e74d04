/** When and by whom a record was made and last changed. */
export interface Audit {
  readonly createdOn: string;
  readonly createdBy: string;
  readonly modifiedOn: string;
  readonly modifiedBy: string;
}
