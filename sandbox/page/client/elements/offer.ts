/** A choice as it is offered. */
export interface Offer {
  key: string;
  label: string;
  about: string;
}
