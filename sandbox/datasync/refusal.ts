/** What AWS answers instead of a result: its error code, HTTP status and message. */
export class AwsRefusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function invalidRequest(message: string): AwsRefusal {
  return new AwsRefusal('InvalidRequestException', 400, message);
}
