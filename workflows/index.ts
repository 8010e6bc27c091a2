export { contactJourney } from './contact-journey.workflow';
