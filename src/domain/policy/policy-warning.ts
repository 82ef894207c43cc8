/** Something valid in a policy that is probably a mistake; the path leads to it. */
export interface PolicyWarning {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}
