export type { Closes, EnrollmentStatus, Position, VisitOutcome } from '../domain/visits/visit';
