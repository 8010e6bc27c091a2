export { bulkAction } from './bulk-action.workflow';
export { contactJourney } from './contact-journey.workflow';
export { enrollMany } from './enroll-many.workflow';
export { scheduledEntry } from './scheduled-entry.workflow';
export { movePeople } from './move-people.workflow';
export { testEndpoint } from './endpoint-test.workflow';
