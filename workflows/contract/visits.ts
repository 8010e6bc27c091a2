export type { Ahead, Closes, EnrollmentStatus, Position, VisitOutcome } from '../domain/visits/visit';
