export interface TripTraces {
  /** Awaited. */
  readonly tell: (name: string, value: unknown) => void | Promise<void>;
  readonly out: (shown: unknown) => void;
  readonly err: (error: unknown) => void;
}

export function runTrip(settings: object, traces: TripTraces): Promise<void>;
