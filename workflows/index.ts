export { contactJourney } from './contact-journey.workflow';
export { testEndpoint } from './endpoint-test.workflow';
