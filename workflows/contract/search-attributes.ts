import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Names and types as they are registered with the server. */
export const searchAttributes = {
  journeyKey: defineSearchAttributeKey('JourneyKey', SearchAttributeType.KEYWORD),
  journeyVersion: defineSearchAttributeKey('JourneyVersion', SearchAttributeType.INT),
  contactId: defineSearchAttributeKey('ContactId', SearchAttributeType.KEYWORD),
  enrollmentStatus: defineSearchAttributeKey('EnrollmentStatus', SearchAttributeType.KEYWORD),
};
