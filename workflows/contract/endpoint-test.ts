/** A workflow of one call, so that the API has an endpoint called by who calls endpoints. */
export const ENDPOINT_TEST = 'testEndpoint';

export interface EndpointTestInput {
  /** Of the endpoint. */
  key: string;
}

export interface EndpointTested {
  /** As of a message's call: accepted, retryable, rejected, unknown or circuit. */
  outcome: string;
  /** In words; null when it was accepted. */
  why: string | null;
}

export interface EndpointActivities {
  /** Calls the endpoint once, with a message that says it is a test. */
  callEndpoint(input: EndpointTestInput): Promise<EndpointTested>;
}
